"""Usage in SQL."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Executable, Insert, Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql import totals_postgresql, totals_sqlite
from qfa_adapters.sql.errors import translated
from qfa_adapters.sql.tables import llm_calls
from qfa_adapters.sql.totals import FIGURES, FRACTIONS
from qfa_core.errors import UsageStoreUnavailable
from qfa_core.patience import within
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import Distribution, LLMCall, Metrics, Operation, UsageQuery, UsageTotals

CHECK_SECONDS = 5.0
REPORT_SECONDS = 120.0  # a database that takes longer to add up hangs, or wants pruning

_IDEMPOTENT_INSERTS: dict[str, Insert] = {
    "sqlite": sqlite.insert(llm_calls).on_conflict_do_nothing(index_elements=[llm_calls.c.id]),
    "postgresql": postgresql.insert(llm_calls).on_conflict_do_nothing(index_elements=[llm_calls.c.id]),
}
# What to run, in one transaction, to add usage up; the rows of the last statement count.
_TOTALS: dict[str, Callable[[UsageQuery], Sequence[Executable]]] = {
    "sqlite": lambda query: [totals_sqlite.totals_statement(query)],
    "postgresql": lambda query: [totals_postgresql.SETTINGS, totals_postgresql.totals_statement(query)],
}
_IDS_A_STATEMENT = 5_000  # both databases take tens of thousands of values a statement, not any number


class SQLUsageStore(UsageStore):
    """Calls in a table, added up by the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._insert = _IDEMPOTENT_INSERTS[engine.dialect.name]
        self._totals = _TOTALS[engine.dialect.name]

    async def record(self, calls: Sequence[LLMCall]) -> None:
        if not calls:
            return
        with translated(UsageStoreUnavailable):
            async with self._engine.begin() as connection:
                await connection.execute(self._insert, [_row(call) for call in calls])

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        with translated(UsageStoreUnavailable):
            rows = await within(REPORT_SECONDS, self._read(*self._totals(query)))
        return _totals(rows, query)

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        columns = llm_calls.c
        statement = (
            select(llm_calls)
            .where(columns.started_at < before)
            .order_by(columns.started_at, columns.id)
            .limit(limit)
        )
        with translated(UsageStoreUnavailable):
            rows = await within(REPORT_SECONDS, self._read(statement))
        return tuple(_call(row) for row in rows)

    async def forget(self, ids: Sequence[str]) -> int:
        forgotten = 0
        with translated(UsageStoreUnavailable):
            async with self._engine.begin() as connection:
                for start in range(0, len(ids), _IDS_A_STATEMENT):
                    some = ids[start : start + _IDS_A_STATEMENT]
                    forgotten += (
                        await connection.execute(delete(llm_calls).where(llm_calls.c.id.in_(some)))
                    ).rowcount
        return forgotten

    async def check(self) -> None:
        with translated(UsageStoreUnavailable):
            await within(CHECK_SECONDS, self._read(select(llm_calls.c.id).limit(1)))

    async def _read(self, *statements: Executable) -> Sequence[Row[Any]]:
        """Run *statements* in one transaction and return the rows of the last."""
        async with self._engine.connect() as connection:
            for statement in statements:
                result = await connection.execute(statement)
            return result.all()


def _row(call: LLMCall) -> dict[str, Any]:
    return {
        "id": call.id,
        "call_id": call.request_id,
        "tenant_id": call.tenant_id,
        "operation": call.operation,
        "model": call.model,
        "started_at": call.started_at,
        "duration_ms": call.duration_ms,
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "cost_usd": call.cost_usd,
        "failure": call.failure,
    }


def _call(row: Row[Any]) -> LLMCall:
    fields = dict(row._mapping)
    return LLMCall(request_id=fields.pop("call_id"), **fields)


def _totals(rows: Sequence[Row[Any]], query: UsageQuery) -> tuple[UsageTotals, ...]:
    """Join the two rows that the statement returns a group: one over requests, one over LLM calls."""
    groups: dict[tuple[str | None, Operation | None], dict[str, Metrics]] = defaultdict(dict)
    if () in query.groupings:
        groups[None, None] = {}
    for row in rows:
        groups[row.tenant_id, row.operation][row.level] = _metrics(row)
    return tuple(
        UsageTotals(tenant_id=tenant_id, operation=operation, **levels)
        for (tenant_id, operation), levels in groups.items()
    )


def _metrics(row: Row[Any]) -> Metrics:
    return Metrics(
        total_calls=row.total_calls,
        failed_calls=int(row.failed_calls),
        total_cost_usd=float(row.total_cost_usd or 0.0),
        **{field: _distribution(row, column) for column, field in FIGURES.items()},
    )


def _distribution(row: Row[Any], column: str) -> Distribution:
    figures = row._mapping
    if figures[f"{column}_total"] is None:
        return Distribution()
    return Distribution(
        total=int(figures[f"{column}_total"]),
        **{name: float(figures[f"{column}_{name}"]) for name in ("avg", *FRACTIONS)},
    )
