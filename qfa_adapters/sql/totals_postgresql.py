"""
The statement that adds up usage in PostgreSQL.

All groupings come from one statement, and so from one moment. It is two aggregations side by side, over LLM
calls and over API requests, neither of which needs the other, so that each can have a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Label,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    tuple_,
    union_all,
)

from qfa_adapters.sql.tables import llm_calls
from qfa_adapters.sql.totals import DIMENSIONS, FIGURES, FRACTIONS, selection
from qfa_core.usage import Dimension, UsageQuery

# For the transaction of the statement only. Its sorts should stay in memory. What it does is too varied for
# one plan to fit all windows, and done too seldom for compiling it to pay.
SETTINGS = select(
    func.set_config("jit", "off", True),
    func.set_config("plan_cache_mode", "force_custom_plan", True),
    func.set_config(
        "work_mem",
        case(
            (
                func.pg_size_bytes(func.current_setting("work_mem")) < func.pg_size_bytes("64MB"),
                "64MB",
            ),
            else_=func.current_setting("work_mem"),
        ),
        True,
    ),
)


def totals_statement(query: UsageQuery) -> Select[Any]:
    """
    Return a statement with two rows a group, whose `level` names the field of UsageTotals.

    A dimension that a row's grouping does not split by is NULL, which it is in no call.
    """
    both = union_all(_over_calls(query), _over_requests(query)).subquery("usage")
    return select(*both.c)


def _over_calls(query: UsageQuery) -> Select[Any]:
    failed = llm_calls.c.failure.is_not(None)
    calls = (
        select(
            *_keys(query),
            failed.label("failed"),
            llm_calls.c.cost_usd,
            *_figures_of_successes(llm_calls, failed),
        )
        .where(*selection(query))
        .subquery("calls")
    )
    return _added_up("llm_calls", calls, _group(calls, query)).group_by(_grouping_sets(calls, query))


def _over_requests(query: UsageQuery) -> Select[Any]:
    """
    Add up calls to requests, then requests to totals.

    Which requests there are depends on the grouping: one whose calls fall in two groups is a request in each.
    So calls are added up to parts of requests, one a group of the finest grouping, and those to requests.
    """
    parts = _parts_of_requests(query)
    requests = (
        select(
            *_group(parts, query),
            func.bool_and(parts.c.failed).label("failed"),
            *(func.sum(parts.c[name]).label(name) for name in ("cost_usd", *FIGURES)),
        )
        .group_by(_grouping_sets(parts, query, "call_id"))
        .subquery("requests")
    )
    successes = select(
        requests.c.tenant_id,
        requests.c.operation,
        requests.c.failed,
        requests.c.cost_usd,
        *_figures_of_successes(requests, requests.c.failed),
    ).subquery("successes")
    group = (successes.c.tenant_id, successes.c.operation)
    return _added_up("requests", successes, group).group_by(*group)


def _parts_of_requests(query: UsageQuery) -> Subquery:
    key = [*_keys(query), _bytewise(llm_calls.c.call_id)]
    return (
        select(
            *key,
            func.bool_and(llm_calls.c.failure.is_not(None)).label("failed"),
            func.sum(llm_calls.c.cost_usd).label("cost_usd"),
            # Exact up to 2**53, and far quicker than the arbitrary precision of a sum of whole numbers.
            *(func.sum(cast(llm_calls.c[name], Double)).label(name) for name in FIGURES),
        )
        .where(*selection(query))
        .group_by(*(column.element for column in key))
        .subquery("parts")
    )


def _keys(query: UsageQuery) -> Iterator[Label[str]]:
    """Give the columns that any grouping splits by."""
    for dimension, column in DIMENSIONS.items():
        if _splits(query, dimension):
            yield _bytewise(column)


def _bytewise(column: Column[str]) -> Label[str]:
    """Give *column* in a collation that is sorted many times as fast as that of a language."""
    return cast(column, Text).collate("C").label(column.name)


def _group(calls: Subquery, query: UsageQuery) -> Iterator[ColumnElement[Any]]:
    for dimension, column in DIMENSIONS.items():
        unsplit = cast(null(), Text).collate("C").label(column.name)
        yield calls.c[column.name] if _splits(query, dimension) else unsplit


def _splits(query: UsageQuery, dimension: Dimension) -> bool:
    return any(dimension in grouping for grouping in query.groupings)


def _grouping_sets(calls: Subquery, query: UsageQuery, *also: str) -> ColumnElement[Any]:
    sets: Sequence[Sequence[str]] = [
        [*also, *(DIMENSIONS[dimension].name for dimension in grouping)] for grouping in query.groupings
    ]
    return func.grouping_sets(*(tuple_(*(calls.c[name] for name in names)) for names in sets))


def _figures_of_successes(rows: Any, failed: ColumnElement[bool]) -> Iterator[ColumnElement[Any]]:
    for name in FIGURES:
        yield cast(case((~failed, rows.c[name])), Double).label(name)


def _added_up(level: str, rows: Subquery, group: Iterable[ColumnElement[Any]]) -> Select[Any]:
    return select(
        literal_column(f"'{level}'", Text).label("level"),
        *group,
        func.count().label("total_calls"),
        func.count().filter(rows.c.failed).label("failed_calls"),
        func.sum(rows.c.cost_usd).label("total_cost_usd"),
        *(column for figure in FIGURES for column in _distribution(rows, figure)),
    )


def _distribution(rows: Subquery, name: str) -> Iterator[ColumnElement[Any]]:
    """Give the columns of one figure, which is added up and sorted once for all of them."""
    figure = rows.c[name]
    yield func.sum(figure).label(f"{name}_total")
    yield (func.sum(figure) / cast(func.count(figure), Double)).label(f"{name}_avg")
    for field, fraction in FRACTIONS.items():
        percentile = func.percentile_cont(literal_column(str(fraction), Double))
        yield percentile.within_group(figure).label(f"{name}_{field}")
