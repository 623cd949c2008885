"""Usage: one row an LLM call, and the figures made of them."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

Operation = Literal["analyze", "summarize", "summarize_aggregate", "assign_codes", "detect_sensitive"]
Dimension = Literal["tenant", "operation"]
Grouping = tuple[Dimension, ...]  # the dimensions that totals are split by; () is one total


class LLMCall(msgspec.Struct, frozen=True, kw_only=True):
    """
    One LLM call, as kept for accounting; it holds no text of anybody.

    *id* names the row and makes writing it idempotent; *request_id* is the API request's UUID.
    *started_at* has a time zone. Tokens and *cost_usd* are None where unknown.
    *failure* is the name of the error that ended the call, None where it succeeded.
    """

    id: str
    request_id: str
    tenant_id: str
    operation: Operation
    model: str
    started_at: dt.datetime
    duration_ms: int
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    failure: str | None = None


class UsageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    Which calls to count: half-open window (*since* counts, *until* does not), None for no bound.

    *tenant_id* None means all tenants. Times have a time zone.
    *groupings*: each asks for the same calls, split differently.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    tenant_id: str | None = None
    groupings: tuple[Grouping, ...] = ((),)


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """
    How a figure spreads over successful rows; all zero where there are none.

    *p5* and *p95* are interpolated percentiles, as SQL's percentile_cont computes them.
    Rows whose figure is unknown do not count.
    """

    avg: float = 0.0
    min: float = 0.0
    max: float = 0.0
    p5: float = 0.0
    p95: float = 0.0
    total: int = 0


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """Figures over requests or over LLM calls; *call_duration* in milliseconds, cost over failed rows too."""

    total_calls: int = 0
    failed_calls: int = 0
    total_cost_usd: float = 0.0
    call_duration: Distribution = Distribution()
    input_tokens: Distribution = Distribution()
    output_tokens: Distribution = Distribution()


class UsageTotals(msgspec.Struct, frozen=True, kw_only=True):
    """
    The figures of one group; a dimension that its grouping does not split by is None.

    *requests*: a request is the sum of its LLM calls, and failed only if all of them failed.
    *llm_calls*: one LLM call counts once.
    """

    tenant_id: str | None = None
    operation: Operation | None = None
    requests: Metrics = Metrics()
    llm_calls: Metrics = Metrics()


class UsageBreakdown(msgspec.Struct, frozen=True, kw_only=True):
    """A group and the groups it is made of."""

    totals: UsageTotals
    parts: tuple[UsageTotals, ...] = ()


class UsageReport(msgspec.Struct, frozen=True, kw_only=True):
    """All groups of one dimension, each broken down by the other, and their total."""

    groups: tuple[UsageBreakdown, ...]
    total: UsageBreakdown
