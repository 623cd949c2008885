"""Engines: how databases are reached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from qfa_adapters.sql.errors import translated
from qfa_core.errors import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

# Writers of the embedded store wait for each other, in the driver's thread, for as long as this.
_BUSY_TIMEOUT_MS = 10_000
_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",  # readers and a writer do not hinder each other
    "PRAGMA synchronous = NORMAL",  # safe with WAL; a power cut may cost the last moments
)


def embedded_engine(path: Path) -> AsyncEngine:
    """
    Return an engine for the embedded store, an SQLite file at *path* that only its owner may read.

    The file and its folder are made where they are missing.
    Raises StoreUnavailable where they cannot be.
    """
    with translated(StoreUnavailable):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # SQLite gives the files beside it the same mode
    engine = database_engine(URL.create("sqlite+aiosqlite", database=str(path)))
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


def database_engine(url: str | URL) -> AsyncEngine:
    """Return an engine for the database at *url*; PostgreSQL is reached through psycopg."""
    address = make_url(url)
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    # Values of statements must never reach a log: names of tenants and digests of keys are among them.
    return create_async_engine(address, hide_parameters=True)


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
