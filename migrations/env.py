"""
Run by alembic: how migrations reach a database.

The service hands in a connection, with its transaction and lock, as `config.attributes["connection"]`.
Without one, as on alembic's command line, a connection is opened to `-x url=…` or to the URL of alembic.ini.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine

from qfa_adapters.sql.tables import metadata


def migrate(connection: Connection) -> None:
    """Run what alembic was asked to on *connection*."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite alters a table by making it anew.
        render_as_batch=connection.dialect.name == "sqlite",
        # On a server each revision stands for itself; a file is brought to head as a whole, or not at all.
        transaction_per_migration=connection.dialect.name == "postgresql",
    )
    with context.begin_transaction():
        context.run_migrations()


def print_statements(url: str) -> None:
    """Print the SQL that would be run, for `alembic upgrade --sql`."""
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Find the connection, and migrate."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    url = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option(
        "sqlalchemy.url", ""
    )
    if context.is_offline_mode():
        print_statements(url)
        return
    with create_engine(url, hide_parameters=True, poolclass=NullPool).connect() as own_connection:
        migrate(own_connection)


main()
