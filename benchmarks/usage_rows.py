"""Made-up LLM calls in great numbers, for `benchmarks.usage`."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import psycopg
from psycopg import sql

from qfa_adapters.sql.tables import llm_calls
from qfa_core.usage import Operation

TENANTS = tuple(str(uuid.uuid5(uuid.NAMESPACE_DNS, f"tenant-{number}.example.org")) for number in range(50))
END = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
MODELS = ("azure/gpt-4.1-mini", "openai/gpt-4.1", "mistral/mistral-large-latest")
CALLS_A_REQUEST = (1, 1, 2, 3, 4, 5, 6, 10)  # four in the mean
_COLUMNS = tuple(column.name for column in llm_calls.columns)

Row = tuple[Any, ...]


def rows(count: int) -> Iterator[Row]:
    """Give *count* rows of llm_calls, evenly over the year that ends with END, the same ones every time."""
    chance = random.Random(1)  # noqa: S311 - figures, not secrets
    made = 0
    while made < count:
        calls = min(chance.choice(CALLS_A_REQUEST), count - made)
        yield from _request(chance, calls, started_at=END - YEAR * (1 - made / count))
        made += calls


def _request(chance: random.Random, calls: int, started_at: dt.datetime) -> Iterator[Row]:
    call_id = _uuid(chance)
    tenant_id, operation = chance.choice(TENANTS), chance.choice(get_args(Operation))
    for _ in range(calls):
        failed = chance.random() < 0.02
        yield (
            _uuid(chance),
            call_id,
            tenant_id,
            operation,
            chance.choice(MODELS),
            started_at,
            int(chance.lognormvariate(8, 0.7)),
            None if failed else int(chance.lognormvariate(7, 0.8)),
            None if failed else int(chance.lognormvariate(5.5, 0.6)),
            None if failed else chance.lognormvariate(-6, 1),
            "LLMTimeout" if failed else None,
        )
        started_at += dt.timedelta(milliseconds=chance.randrange(5_000))


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def load_postgresql(url: str, count: int) -> None:
    """Replace what is in llm_calls by *count* rows, and have the planner know them."""
    copy = sql.SQL("COPY llm_calls ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)))
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE llm_calls")
        with cursor.copy(copy) as target:
            for row in rows(count):
                target.write_row(row)
        cursor.execute("VACUUM (ANALYZE) llm_calls")


def load_sqlite(file: Path, count: int) -> None:
    """Insert rows into an empty llm_calls, and have the planner know them."""
    places = ", ".join("?" * len(_COLUMNS))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            f"INSERT INTO llm_calls ({', '.join(_COLUMNS)}) VALUES ({places})",  # noqa: S608 - our columns
            (tuple(map(_as_sqlite_keeps_it, row)) for row in rows(count)),
        )
        connection.execute("ANALYZE")


def _as_sqlite_keeps_it(value: Any) -> Any:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, dt.datetime) else value
