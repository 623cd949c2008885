"""
The statement that adds up usage, one for PostgreSQL and SQLite alike.

It works in three steps: rows, one an LLM call and one an API request, told apart by their `level`;
the same rows, each figure with its rank in its group; and their aggregation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, case, func, literal, select, union_all

from qfa_adapters.sql.tables import llm_calls
from qfa_core.usage import UsageQuery

# Which column fills which field of Metrics.
FIGURES = {
    "duration_ms": "call_duration",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
}
_PERCENTILES = {"p5": 0.05, "p95": 0.95}
_GROUP = ("level", "tenant_id", "operation")


def totals_statement(query: UsageQuery) -> Select[Any]:
    """Return a statement with two rows a group, whose `level` names the field of UsageTotals."""
    ranked = _ranked(_rows(query))
    group = [ranked.c[name] for name in _GROUP]
    return select(
        *group,
        func.count().label("total_calls"),
        func.sum(ranked.c.failed).label("failed_calls"),
        func.sum(ranked.c.cost_usd).label("total_cost_usd"),
        *(column for figure in FIGURES for column in _distribution(ranked, figure)),
    ).group_by(*group)


def _rows(query: UsageQuery) -> Subquery:
    """Select a row a call and a row a request; sums ignore what is unknown, and are unknown if all is."""
    dimensions: list[ColumnElement[Any]] = [
        llm_calls.c[f"{name}_id" if name == "tenant" else name] for name in query.group_by
    ]
    group = [
        llm_calls.c.tenant_id if "tenant" in query.group_by else literal(None, String).label("tenant_id"),
        llm_calls.c.operation if "operation" in query.group_by else literal(None, String).label("operation"),
    ]
    failed = case((llm_calls.c.failure.is_not(None), 1), else_=0)
    figures = [llm_calls.c[name] for name in ("cost_usd", *FIGURES)]
    calls = select(literal("llm_calls").label("level"), *group, failed.label("failed"), *figures)
    requests = select(
        literal("requests").label("level"),
        *group,
        func.min(failed).label("failed"),
        *(func.sum(figure).label(figure.name) for figure in figures),
    ).group_by(llm_calls.c.call_id, *dimensions)
    selected = list(_selection(query))
    return union_all(calls.where(*selected), requests.where(*selected)).subquery("usage_rows")


def _selection(query: UsageQuery) -> Iterator[ColumnElement[bool]]:
    if query.tenant_id is not None:
        yield llm_calls.c.tenant_id == query.tenant_id
    if query.since is not None:
        yield llm_calls.c.started_at >= query.since
    if query.until is not None:
        yield llm_calls.c.started_at < query.until


def _ranked(rows: Subquery) -> Subquery:
    """Blank out the figures of failed rows; number the rest from 1 on in each group, and count them."""
    group = [rows.c[name] for name in _GROUP]
    columns: list[ColumnElement[Any]] = [*group, rows.c.failed, rows.c.cost_usd]
    for name in FIGURES:
        figure = case((rows.c.failed == 0, rows.c[name]))
        rank = func.row_number().over(partition_by=[*group, figure.is_(None)], order_by=figure)
        count = func.count(figure).over(partition_by=group)
        columns += [figure.label(name), rank.label(f"{name}_rank"), count.label(f"{name}_count")]
    return select(*columns).subquery("ranked")


def _distribution(ranked: Subquery, name: str) -> Iterator[ColumnElement[Any]]:
    figure = ranked.c[name]
    yield func.avg(figure).label(f"{name}_avg")
    yield func.min(figure).label(f"{name}_min")
    yield func.max(figure).label(f"{name}_max")
    yield func.sum(figure).label(f"{name}_total")
    for percentile, fraction in _PERCENTILES.items():
        weight = _weight(ranked.c[f"{name}_rank"], ranked.c[f"{name}_count"], fraction)
        yield func.sum(figure * weight).label(f"{name}_{percentile}")


def _weight(rank: ColumnElement[int], count: ColumnElement[int], fraction: float) -> ColumnElement[float]:
    """
    Weigh each figure so that the weighted sum is percentile_cont(fraction), which SQLite lacks.

    The percentile lies at the rank 1 + fraction * (count - 1); only the one or two figures less than
    one rank away from there have a weight, which falls with their distance.
    """
    distance = func.abs(rank - 1 - fraction * (count - 1))
    return case((distance < 1, 1 - distance), else_=0.0)
