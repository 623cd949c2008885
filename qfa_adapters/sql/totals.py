"""What the statements that add up usage have in common, whichever the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement

from qfa_adapters.sql.tables import llm_calls
from qfa_core.usage import Dimension, UsageQuery

# Which column fills which field of Metrics.
FIGURES = {
    "duration_ms": "call_duration",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
}
# Which field of Distribution is the value that so great a part of the figures does not exceed.
FRACTIONS = {"min": 0, "p5": 0.05, "p95": 0.95, "max": 1}
DIMENSIONS: dict[Dimension, Column[str]] = {
    "tenant": llm_calls.c.tenant_id,
    "operation": llm_calls.c.operation,
}


def selection(query: UsageQuery) -> Iterator[ColumnElement[bool]]:
    """Give what a call has to fulfil for *query* to select it."""
    columns: Any = llm_calls.c
    if query.tenant_id is not None:
        yield columns.tenant_id == query.tenant_id
    if query.since is not None:
        yield columns.started_at >= query.since
    if query.until is not None:
        yield columns.started_at < query.until
