"""A usage store that keeps everything in a dict."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from qfa_core.errors import UsageStoreUnavailable
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import Distribution, Grouping, LLMCall, Metrics, Operation, UsageQuery, UsageTotals


class _Group(msgspec.Struct, frozen=True):
    """What the rows of one group share; None for a dimension that its grouping does not split by."""

    tenant_id: str | None
    operation: Operation | None


class InMemoryUsageStore(UsageStore):
    """
    Keep calls in memory, and count them the slow and obvious way.

    Set *available* to False to see what happens while the database is away.
    """

    def __init__(self) -> None:
        self._calls: dict[str, LLMCall] = {}
        self.available = True

    @property
    def calls(self) -> tuple[LLMCall, ...]:
        """All calls, in the order in which they were recorded."""
        return tuple(self._calls.values())

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await self.check()
        for call in calls:
            self._calls.setdefault(call.id, call)

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        await self.check()
        selected = [call for call in self._calls.values() if _selects(query, call)]
        return tuple(totals for grouping in query.groupings for totals in _split(selected, grouping))

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        await self.check()
        found = [call for call in self._calls.values() if call.started_at < before]
        return tuple(sorted(found, key=lambda call: (call.started_at, call.id))[:limit])

    async def forget(self, ids: Sequence[str]) -> int:
        await self.check()
        return len([call for call in (self._calls.pop(each, None) for each in ids) if call])

    async def check(self) -> None:
        if not self.available:
            raise UsageStoreUnavailable


def _selects(query: UsageQuery, call: LLMCall) -> bool:
    return (
        (query.since is None or query.since <= call.started_at)
        and (query.until is None or call.started_at < query.until)
        and (query.tenant_id is None or query.tenant_id == call.tenant_id)
    )


def _split(calls: Iterable[LLMCall], grouping: Grouping) -> Iterator[UsageTotals]:
    groups: dict[_Group, list[LLMCall]] = defaultdict(list)
    if not grouping:
        groups[_Group(None, None)] = []
    for call in calls:
        groups[_group(call, grouping)].append(call)
    return (_totals(group, parts) for group, parts in groups.items())


def _group(call: LLMCall, grouping: Grouping) -> _Group:
    return _Group(
        tenant_id=call.tenant_id if "tenant" in grouping else None,
        operation=call.operation if "operation" in grouping else None,
    )


def _totals(group: _Group, calls: Sequence[LLMCall]) -> UsageTotals:
    return UsageTotals(
        tenant_id=group.tenant_id,
        operation=group.operation,
        requests=_metrics(_requests(calls)),
        llm_calls=_metrics(calls),
    )


def _requests(calls: Iterable[LLMCall]) -> list[LLMCall]:
    """Return one call a request that stands for all of the request's."""
    requests: dict[str, list[LLMCall]] = defaultdict(list)
    for call in calls:
        requests[call.request_id].append(call)
    return [_sum_of(parts) for parts in requests.values()]


def _sum_of(calls: Sequence[LLMCall]) -> LLMCall:
    succeeded = any(call.failure is None for call in calls)
    return msgspec.structs.replace(
        calls[0],
        duration_ms=sum(call.duration_ms for call in calls),
        input_tokens=_sum_of_known([call.input_tokens for call in calls]),
        output_tokens=_sum_of_known([call.output_tokens for call in calls]),
        cost_usd=_sum_of_known([call.cost_usd for call in calls]),
        failure=None if succeeded else calls[0].failure,
    )


def _sum_of_known(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _metrics(rows: Sequence[LLMCall]) -> Metrics:
    succeeded = [row for row in rows if row.failure is None]
    return Metrics(
        total_calls=len(rows),
        failed_calls=len(rows) - len(succeeded),
        total_cost_usd=math.fsum(row.cost_usd for row in rows if row.cost_usd is not None),
        call_duration=_distribution(row.duration_ms for row in succeeded),
        input_tokens=_distribution(row.input_tokens for row in succeeded),
        output_tokens=_distribution(row.output_tokens for row in succeeded),
    )


def _distribution(figures: Iterable[int | None]) -> Distribution:
    known = sorted(figure for figure in figures if figure is not None)
    if not known:
        return Distribution()
    return Distribution(
        avg=sum(known) / len(known),
        min=known[0],
        max=known[-1],
        p5=_percentile(known, 0.05),
        p95=_percentile(known, 0.95),
        total=sum(known),
    )


def _percentile(ordered: Sequence[int], fraction: float) -> float:
    """Interpolate between the two closest figures, as SQL's percentile_cont does."""
    position = fraction * (len(ordered) - 1)
    below, above = math.floor(position), math.ceil(position)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
