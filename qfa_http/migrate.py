"""Bring a database's tables to what this version works with."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, String, column, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_core.errors import QFAError, StoreUnavailable
from qfa_http.logs import configure_logging
from qfa_http.settings import LoggingSettings, Settings, SettingsError, read_settings

LOCK_KEY = 0x514641
WAIT_SECONDS = 60.0
_DDL_WAIT_SECONDS = 15.0  # for a table that somebody works with: everybody else queues up behind us meanwhile
_LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
_VERSION_TABLE = "alembic_version"


def migrate(settings: Settings) -> None:
    """
    Bring the database that *settings* name to head; do nothing where usage is not tracked.

    Raises StoreUnavailable if it cannot be used.
    """
    # Imported here, because the container imports this module to do the same at its start.
    from qfa_http.container import Container

    engine = Container(settings=settings).migration_engine()
    if engine is None:
        return

    async def upgrade_and_close() -> None:
        try:
            await upgrade(engine, settings.database.migration_wait_seconds)
        finally:
            await engine.dispose()

    asyncio.run(upgrade_and_close())


async def upgrade(engine: AsyncEngine, wait_seconds: float = WAIT_SECONDS) -> None:
    """
    Bring the database of *engine* to head; any number of processes may do so at once.

    A database at head, or ahead of it because a newer replica runs already, is left alone, in milliseconds.
    Raises DatabaseUnreachable if it cannot be connected to, MigrationLockHeld if another process has been at
    it for *wait_seconds*, StoreUnavailable if a migration fails; no revision is left half done then.
    """
    try:
        async with engine.connect() as connection:
            try:
                await connection.run_sync(bring_to_head, wait_seconds)
            except SQLAlchemyError as error:
                raise StoreUnavailable(f"The database could not be migrated: {_kind(error)}.") from None
    except (SQLAlchemyError, OSError) as error:
        # The cause is cut off, because it may name hosts and users.
        raise DatabaseUnreachable(f"The database could not be reached: {_kind(error)}.") from None


class DatabaseUnreachable(StoreUnavailable):
    """There is no connection to the database that is to be migrated."""


class MigrationLockHeld(StoreUnavailable):
    """Another process has held the lock of migrations for too long; the message says which."""


def _kind(error: Exception) -> str:
    """Say what kind of error this is, in names and codes alone."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return f"{type(error).__name__} {state}" if state else type(error).__name__


def bring_to_head(connection: Connection, wait_seconds: float = WAIT_SECONDS) -> None:
    """Run the migrations that are missing on *connection*, which is not in a transaction."""
    if _is_up_to_date(connection):
        return
    connection.rollback()
    with _ALONE[connection.dialect.name](connection, wait_seconds):
        # Whoever had the lock before may have done it all: alembic looks again.
        _run_alembic(connection)


def migrations_folder() -> Path:
    """Return where the migrations are: inside this package when installed, beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def head_revision() -> str:
    """Return the last revision by the files' names, NNNN_slug.py, which saves importing alembic."""
    return max(path.name.partition("_")[0] for path in migrations_folder().glob("versions/[0-9]*.py"))


def _is_up_to_date(connection: Connection) -> bool:
    if not inspect(connection).has_table(_VERSION_TABLE):
        return False
    revision = connection.scalar(select(column("version_num", String)).select_from(table(_VERSION_TABLE)))
    return revision is not None and revision >= head_revision()


def _run_alembic(connection: Connection) -> None:
    # Imported here, because most starts find nothing to do.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreUnavailable(
            "The database could not be migrated: its revision is none of this version's."
        ) from None


@contextmanager
def _alone_in_file(connection: Connection, _: float) -> Iterator[None]:
    """
    Hold the file's write lock, in one transaction, which SQLite can roll tables back with.

    Foreign keys are off meanwhile: making a table anew drops the old one, and would cascade.
    """
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")


@contextmanager
def _alone_on_server(connection: Connection, wait_seconds: float) -> Iterator[None]:
    """
    Hold a lock that all replicas know, which the end of the connection frees, and so that of the process.

    PostgreSQL looks twice a second whether the other side is still there: without that a killed migrator's
    statement, and its lock, would go on to the statement's end.
    """
    connection.exec_driver_sql("SET client_connection_check_interval = 500")
    connection.exec_driver_sql(f"SET lock_timeout = {round(1000 * wait_seconds)}")
    try:
        connection.execute(select(func.pg_advisory_lock(LOCK_KEY)))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        connection.rollback()
        raise MigrationLockHeld(_who_holds_the_lock(connection)) from None
    connection.exec_driver_sql(f"SET lock_timeout = {round(1000 * _DDL_WAIT_SECONDS)}")
    connection.commit()  # the lock is the session's, and the migrations have transactions of their own
    yield
    connection.execute(select(func.pg_advisory_unlock(LOCK_KEY)))
    connection.commit()


_HOLDER = text(
    """
    SELECT pid, application_name, backend_start
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
)


def _who_holds_the_lock(connection: Connection) -> str:
    holder = connection.execute(_HOLDER, {"key": LOCK_KEY}).first()
    if holder is None:
        return "The lock of migrations was held until a moment ago. Migrate again."
    name = "".join(letter for letter in holder.application_name or "" if letter.isprintable())
    since = f"{holder.backend_start:%Y-%m-%d %H:%M:%S %Z}" if holder.backend_start else "a time unknown"
    return (
        f"Another process holds the lock of migrations: pid {holder.pid}, application {name or 'unnamed'}, "
        f"connected since {since}. Wait until it is done and migrate again; if it hangs, end it with "
        f"SELECT pg_terminate_backend({holder.pid}) first (docs/operations/database.md)."
    )


_ALONE: dict[str, Callable[[Connection, float], AbstractContextManager[None]]] = {
    "sqlite": _alone_in_file,
    "postgresql": _alone_on_server,
}


def main() -> None:
    """Migrate the database of this process's environment; an error is one line and status 1."""
    configure_logging(LoggingSettings(level="error", format="text"))  # the error below says it all
    try:
        migrate(read_settings(os.environ))
    except (SettingsError, QFAError) as error:
        sys.exit(f"qfa: {error}")


if __name__ == "__main__":
    main()
