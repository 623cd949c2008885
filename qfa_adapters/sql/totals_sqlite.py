"""
The statement that adds up usage in SQLite, which lacks percentiles.

A grouping takes three steps: rows, one an LLM call and one an API request, told apart by their `level`; the
same rows, each figure with its rank in its group; and their aggregation. One statement has all groupings, so
that they show one moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Subquery,
    case,
    func,
    literal,
    select,
    union_all,
)

from qfa_adapters.sql.tables import llm_calls
from qfa_adapters.sql.totals import DIMENSIONS, FIGURES, FRACTIONS, selection
from qfa_core.usage import Grouping, UsageQuery

_GROUP = ("level", "tenant_id", "operation")


def totals_statement(query: UsageQuery) -> CompoundSelect[Any]:
    """
    Return a statement with two rows a group, whose `level` names the field of UsageTotals.

    A dimension that a row's grouping does not split by is NULL, which it is in no call.
    """
    return union_all(*(_of_grouping(query, grouping) for grouping in query.groupings))


def _of_grouping(query: UsageQuery, grouping: Grouping) -> Select[Any]:
    ranked = _ranked(_rows(query, grouping))
    group = [ranked.c[name] for name in _GROUP]
    return select(
        *group,
        func.count().label("total_calls"),
        func.sum(ranked.c.failed).label("failed_calls"),
        func.sum(ranked.c.cost_usd).label("total_cost_usd"),
        *(column for figure in FIGURES for column in _distribution(ranked, figure)),
    ).group_by(*group)


def _rows(query: UsageQuery, grouping: Grouping) -> Subquery:
    """Select a row a call and a row a request; sums ignore what is unknown, and are unknown if all is."""
    group = [
        column if dimension in grouping else literal(None, String).label(column.name)
        for dimension, column in DIMENSIONS.items()
    ]
    failed = case((llm_calls.c.failure.is_not(None), 1), else_=0)
    figures = [llm_calls.c[name] for name in ("cost_usd", *FIGURES)]
    calls = select(literal("llm_calls").label("level"), *group, failed.label("failed"), *figures)
    requests = select(
        literal("requests").label("level"),
        *group,
        func.min(failed).label("failed"),
        *(func.sum(figure).label(figure.name) for figure in figures),
    ).group_by(llm_calls.c.call_id, *(DIMENSIONS[dimension] for dimension in grouping))
    selected = list(selection(query))
    return union_all(calls.where(*selected), requests.where(*selected)).subquery("usage_rows")


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
    yield func.sum(figure).label(f"{name}_total")
    for field, fraction in FRACTIONS.items():
        weight = _weight(ranked.c[f"{name}_rank"], ranked.c[f"{name}_count"], fraction)
        yield func.sum(figure * weight).label(f"{name}_{field}")


def _weight(rank: ColumnElement[int], count: ColumnElement[int], fraction: float) -> ColumnElement[float]:
    """
    Weigh each figure so that the weighted sum is the percentile.

    It lies at the rank 1 + fraction * (count - 1); only the one or two figures less than one rank away from
    there have a weight, which falls with their distance.
    """
    distance = func.abs(rank - 1 - fraction * (count - 1))
    return case((distance < 1, 1 - distance), else_=0.0)
