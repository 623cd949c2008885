"""
Tell every replica of a key that is removed or changed, whoever does it.

PostgreSQL only: the embedded store serves one machine. Old code sees nothing of it.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    # The payload is the key's id; notifications arrive when the transaction commits, not before.
    op.execute(
        """
        CREATE FUNCTION tell_of_changed_key() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('qfa_changed_keys', OLD.id);
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER tell_of_changed_key AFTER UPDATE OR DELETE ON api_keys
        FOR EACH ROW EXECUTE FUNCTION tell_of_changed_key()
        """
    )


def downgrade() -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute("DROP TRIGGER tell_of_changed_key ON api_keys")
    op.execute("DROP FUNCTION tell_of_changed_key()")
