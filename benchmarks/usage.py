"""How long reports of usage take: `python -m benchmarks.usage --help`."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.usage_rows import END, TENANTS, load_postgresql, load_sqlite
from qfa_adapters.sql.engine import embedded_engine, postgres_engine
from qfa_adapters.sql.usage_store import SQLUsageStore
from qfa_core.use_cases.report_usage import ReportUsage
from qfa_http.migrate import upgrade
from tests.fakes.postgres import PostgresServer

COUNTS = [10_000, 100_000, 1_000_000]
MOST_EMBEDDED = 100_000
ROUNDS = 5
MONTH = dt.timedelta(days=30)
WINDOWS: dict[str, tuple[dt.datetime | None, dt.datetime | None]] = {
    "year": (None, None),
    "month": (END - 2 * MONTH, END - MONTH),
}

Report = Callable[[dt.datetime | None, dt.datetime | None], Awaitable[object]]


async def main(arguments: argparse.Namespace) -> None:
    """Print a line a database, window and number of rows: the median of each report, in milliseconds."""
    heads = ("one tenant", "by tenant", "by operation")
    print(f"{'calls':>10} {'database':>11} {'window':>7} {heads[0]:>11} {heads[1]:>10} {heads[2]:>13}")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = arguments.url
        if url is None:
            server = stack.enter_context(PostgresServer())
            url = server.create_database("usage")
        for count in arguments.calls:
            async with _postgresql(url, count) as engine:
                await _measure(engine, count)
                if arguments.plans:
                    await _print_plans(engine)
            if arguments.embedded and count <= MOST_EMBEDDED:
                async with _sqlite(Path(folder) / f"{count}.sqlite3", count) as engine:
                    await _measure(engine, count)


@asynccontextmanager
async def _postgresql(url: str, count: int) -> AsyncIterator[AsyncEngine]:
    engine = postgres_engine(partial(psycopg.AsyncConnection.connect, url))
    await upgrade(engine)
    load_postgresql(url, count)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def _sqlite(file: Path, count: int) -> AsyncIterator[AsyncEngine]:
    engine = embedded_engine(file)
    await upgrade(engine)
    load_sqlite(file, count)
    yield engine
    await engine.dispose()


def _reports(engine: AsyncEngine) -> tuple[Report, ...]:
    usage = ReportUsage(SQLUsageStore(engine))
    return partial(usage.of_tenant, TENANTS[0]), usage.by_tenant, usage.by_operation


async def _measure(engine: AsyncEngine, count: int) -> None:
    for name, window in WINDOWS.items():
        one_tenant, by_tenant, by_operation = [
            1000 * await _median_seconds(report, window) for report in _reports(engine)
        ]
        print(
            f"{count:>10,} {engine.dialect.name:>11} {name:>7}"
            f" {one_tenant:>11,.0f} {by_tenant:>10,.0f} {by_operation:>13,.0f}",
            flush=True,
        )


async def _median_seconds(report: Report, window: tuple[dt.datetime | None, dt.datetime | None]) -> float:
    await report(*window)  # so that each finds the same pages in memory
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await report(*window)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


async def _print_plans(engine: AsyncEngine) -> None:
    with _explained(engine) as plans:
        for name, window in WINDOWS.items():
            one_tenant, by_tenant, _ = _reports(engine)
            for view, report in (("one tenant", one_tenant), ("by tenant", by_tenant)):
                await report(*window)
                print(f"\n{view}, {name}:", *plans, sep="\n    ")
                plans.clear()


@contextmanager
def _explained(engine: AsyncEngine) -> Iterator[list[str]]:
    """Have each statement that adds up explained on its way, in its own transaction with its own settings."""
    plans: list[str] = []

    def explain(
        _connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> None:
        if "percentile_cont" in statement:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
            plans.extend(line for (line,) in cursor.fetchall())

    event.listen(engine.sync_engine, "before_cursor_execute", explain)
    yield plans
    event.remove(engine.sync_engine, "before_cursor_execute", explain)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.usage", description=__doc__)
    parser.add_argument(
        "--calls", type=int, nargs="+", default=COUNTS, help="numbers of LLM calls to measure with"
    )
    parser.add_argument(
        "--url", help="a database of PostgreSQL whose usage may be replaced; one of its own if not given"
    )
    parser.add_argument(
        "--embedded", action="store_true", help=f"SQLite as well, up to {MOST_EMBEDDED:,} calls"
    )
    parser.add_argument("--plans", action="store_true", help="print how PostgreSQL goes about it")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(_arguments()))
