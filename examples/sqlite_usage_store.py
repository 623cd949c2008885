"""A usage store in one SQLite file, with nothing but the standard library."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import msgspec

from qfa_core import InvalidInput, LLMCall, UsageQuery, UsageStore, UsageStoreUnavailable, UsageTotals
from qfa_core.fakes import InMemoryUsageStore

T = TypeVar("T")

_TABLE = "CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, started_at INTEGER, call TEXT) STRICT"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_BUSY_SECONDS = 10.0


class SqliteUsageStore(UsageStore):
    """
    Keep each call as JSON beside what it is looked up by; several processes may share the file.

    Totals are added up in memory: good for some hundred thousand calls.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def record(self, calls: Sequence[LLMCall]) -> None:
        insert = "INSERT OR IGNORE INTO calls VALUES (?, ?, ?)"
        await self._do(lambda db: db.executemany(insert, map(_row, calls)))

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        everything = await self._select("SELECT call FROM calls")
        counted = InMemoryUsageStore()
        await counted.record(everything)
        return await counted.totals(query)

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        return await self._select(
            "SELECT call FROM calls WHERE started_at < ? ORDER BY started_at, id LIMIT ?",
            _microseconds(before),
            limit,
        )

    async def forget(self, ids: Sequence[str]) -> int:
        doomed = [(each,) for each in ids]
        return await self._do(lambda db: db.executemany("DELETE FROM calls WHERE id = ?", doomed).rowcount)

    async def check(self) -> None:
        await self._select("SELECT call FROM calls LIMIT 1")

    async def _select(self, statement: str, *values: int) -> tuple[LLMCall, ...]:
        rows = await self._do(lambda db: db.execute(statement, values).fetchall())
        return tuple(msgspec.json.decode(text, type=LLMCall) for (text,) in rows)

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do *work* in a transaction and a thread: a disk may be slow, and the event loop must not wait."""
        return await asyncio.to_thread(self._in_transaction, work)

    def _in_transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as db, db:
                db.execute(_TABLE)
                return work(db)
        except UnicodeEncodeError:  # half a character, which no file can hold
            raise InvalidInput from None
        except sqlite3.Error as error:
            raise UsageStoreUnavailable from error


def _row(call: LLMCall) -> tuple[str, int, str]:
    return call.id, _microseconds(call.started_at), msgspec.json.encode(call).decode()


def _microseconds(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)
