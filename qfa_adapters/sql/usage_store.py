"""Usage in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Insert, Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.errors import translated
from qfa_adapters.sql.tables import llm_calls
from qfa_adapters.sql.totals import FIGURES, totals_statement
from qfa_core.errors import UsageStoreUnavailable
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import Distribution, LLMCall, Metrics, Operation, UsageQuery, UsageTotals

_IDEMPOTENT_INSERTS: dict[str, Insert] = {
    "sqlite": sqlite.insert(llm_calls).on_conflict_do_nothing(index_elements=[llm_calls.c.id]),
    "postgresql": postgresql.insert(llm_calls).on_conflict_do_nothing(index_elements=[llm_calls.c.id]),
}


class SQLUsageStore(UsageStore):
    """Calls in a table, added up by the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._insert = _IDEMPOTENT_INSERTS[engine.dialect.name]

    async def record(self, calls: Sequence[LLMCall]) -> None:
        if not calls:
            return
        with translated(UsageStoreUnavailable):
            async with self._engine.begin() as connection:
                await connection.execute(self._insert, [_row(call) for call in calls])

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        with translated(UsageStoreUnavailable):
            async with self._engine.connect() as connection:
                rows = (await connection.execute(totals_statement(query))).all()
        if not rows and not query.group_by:
            return (UsageTotals(),)
        return _totals(rows)

    async def check(self) -> None:
        with translated(UsageStoreUnavailable):
            async with self._engine.connect() as connection:
                await connection.execute(select(llm_calls.c.id).limit(1))


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


def _totals(rows: Sequence[Row[Any]]) -> tuple[UsageTotals, ...]:
    """Join the two rows that the statement returns a group: one over requests, one over LLM calls."""
    groups: dict[tuple[str | None, Operation | None], dict[str, Metrics]] = defaultdict(dict)
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
    # PostgreSQL answers with Decimals where it adds up whole numbers.
    return Distribution(
        total=int(figures[f"{column}_total"]),
        **{name: float(figures[f"{column}_{name}"]) for name in ("avg", "min", "max", "p5", "p95")},
    )
