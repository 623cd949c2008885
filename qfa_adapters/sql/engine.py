"""Engines: how databases are reached."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, NullPool, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from qfa_adapters.sql.errors import translated
from qfa_core.errors import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

# Values of statements must never reach a log: names of tenants and digests of keys are among them.
_HIDE_VALUES = True
_WRITE_AHEAD_LOG = "PRAGMA journal_mode = WAL"  # readers and a writer do not hinder each other
_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",  # milliseconds that writers wait for each other, off the event loop
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",  # safe with a write-ahead log; a power cut may cost the last moments
    _WRITE_AHEAD_LOG,
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
            _make_file(path)
    url = URL.create("sqlite+aiosqlite", database=str(path))
    engine = create_async_engine(url, hide_parameters=_HIDE_VALUES)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


def postgres_engine(connect: Callable[[], Awaitable[Any]]) -> AsyncEngine:
    """
    Return an engine on connections that *connect* opens or lends; each is closed after use.

    *connect* gives a `psycopg.AsyncConnection` and raises psycopg.Error.
    """
    return create_async_engine(
        "postgresql+psycopg://", async_creator=connect, poolclass=NullPool, hide_parameters=_HIDE_VALUES
    )


def _make_file(path: Path) -> None:
    """
    Make an empty store at *path*, unless another process is quicker.

    It comes into being with its write-ahead log on: SQLite lets no two processes turn that on at once, and
    does not make the second one wait either. Its files take over the mode 0600 of the draft.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.") as draft:
        with closing(sqlite3.connect(draft.name)) as connection:
            connection.execute(_WRITE_AHEAD_LOG)
        with suppress(FileExistsError):
            os.link(draft.name, path)


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
