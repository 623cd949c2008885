"""Bring a database's tables to what this version works with."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, String, column, func, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_core.errors import QFAError, StoreUnavailable
from qfa_http.settings import Settings, SettingsError, read_settings

LOCK_KEY = 0x514641
_VERSION_TABLE = "alembic_version"


def migrate(settings: Settings) -> None:
    """
    Bring the database that *settings* name to head; do nothing where usage is not tracked.

    Raises StoreUnavailable if it cannot be used.
    """
    # Imported here, because the container imports this module to do the same at its start.
    from qfa_http.container import Container

    engine = Container(settings=settings).engine()
    if engine is None:
        return

    async def upgrade_and_close() -> None:
        try:
            await upgrade(engine)
        finally:
            await engine.dispose()

    asyncio.run(upgrade_and_close())


async def upgrade(engine: AsyncEngine) -> None:
    """
    Bring the database of *engine* to head; any number of processes may do so at once.

    A database at head, or ahead of it because a newer replica runs already, is left alone, in milliseconds.
    Raises StoreUnavailable if the database cannot be used; nothing is left half done then.
    """
    try:
        async with engine.connect() as connection:
            await connection.run_sync(bring_to_head)
    except SQLAlchemyError as error:
        # The cause is cut off, because it may name hosts and users.
        raise StoreUnavailable(f"The database could not be migrated: {type(error).__name__}.") from None


def bring_to_head(connection: Connection) -> None:
    """Run the migrations that are missing, all or none, on *connection*, which is not in a transaction."""
    if _is_up_to_date(connection):
        return
    connection.rollback()
    with _ALONE[connection.dialect.name](connection):
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

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    command.upgrade(config, "head")


@contextmanager
def _alone_in_file(connection: Connection) -> Iterator[None]:
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
def _alone_on_server(connection: Connection) -> Iterator[None]:
    """Hold a lock that all replicas know, in one transaction, whose end or whose process's end frees it."""
    with connection.begin():
        connection.execute(select(func.pg_advisory_xact_lock(LOCK_KEY)))
        yield


_ALONE: dict[str, Callable[[Connection], AbstractContextManager[None]]] = {
    "sqlite": _alone_in_file,
    "postgresql": _alone_on_server,
}


def main() -> None:
    """Migrate the database of this process's environment; an error is one line and status 1."""
    try:
        migrate(read_settings(os.environ))
    except (SettingsError, QFAError) as error:
        sys.exit(f"qfa: {error}")


if __name__ == "__main__":
    main()
