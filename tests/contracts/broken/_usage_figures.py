"""Usage stores that compute figures wrongly."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from qfa_core.fakes import InMemoryUsageStore
from qfa_core.usage import LLMCall, Metrics, UsageQuery, UsageTotals
from tests.contracts.twins import Twins

TWINS = Twins()
DISTRIBUTIONS = ("call_duration", "input_tokens", "output_tokens")


class Recounting(InMemoryUsageStore):
    """A base for stores that add up other calls than they keep, for requests at least."""

    def for_requests(self, calls: Sequence[LLMCall]) -> list[LLMCall]:
        return list(calls)

    def for_llm_calls(self, calls: Sequence[LLMCall]) -> list[LLMCall]:
        return list(calls)

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        await self.check()
        requests, llm_calls = InMemoryUsageStore(), InMemoryUsageStore()
        await requests.record(self.for_requests(self.calls))
        await llm_calls.record(self.for_llm_calls(self.calls))
        rows = {(row.tenant_id, row.operation): row for row in await requests.totals(query)}
        return tuple(
            replace(row, requests=rows[row.tenant_id, row.operation].requests)
            for row in await llm_calls.totals(query)
        )


class Changing(InMemoryUsageStore):
    """A base for stores that spoil their metrics at the end."""

    def changed(self, metrics: Metrics) -> Metrics:
        raise NotImplementedError

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        rows = await super().totals(query)
        return tuple(
            replace(row, requests=self.changed(row.requests), llm_calls=self.changed(row.llm_calls))
            for row in rows
        )


def by_request(calls: Sequence[LLMCall]) -> list[list[LLMCall]]:
    requests: dict[str, list[LLMCall]] = defaultdict(list)
    for call in calls:
        requests[call.request_id].append(call)
    return list(requests.values())


def _emptied(call: LLMCall) -> LLMCall:
    """Return a call that adds nothing to its group."""
    return replace(
        call, id=f"empty {call.id}", duration_ms=0, input_tokens=None, output_tokens=None, cost_usd=None
    )


def with_tokens(call: LLMCall, change: Any) -> LLMCall:
    return replace(call, input_tokens=change(call.input_tokens), output_tokens=change(call.output_tokens))


@TWINS.fails(
    "test_a_request_is_the_sum_of_its_calls",
    "test_a_request_that_the_window_cuts_is_the_sum_of_the_calls_inside",
    "test_a_request_has_failed_only_if_all_its_calls_have",
    "test_a_request_includes_its_failed_calls",
)
class TakesCallsForRequests(Recounting):
    """Counts every LLM call as a request."""

    def for_requests(self, calls: Sequence[LLMCall]) -> list[LLMCall]:
        return [replace(call, request_id=call.id) for call in calls]


@TWINS.fails("test_llm_calls_count_each_for_itself", "test_a_request_has_failed_only_if_all_its_calls_have")
class TakesRequestsForCalls(InMemoryUsageStore):
    """Counts LLM calls by their request."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        return tuple(replace(row, llm_calls=row.requests) for row in await super().totals(query))


@TWINS.fails("test_a_request_that_the_window_cuts_is_the_sum_of_the_calls_inside")
class CountsWhatTheWindowCutsOff(InMemoryUsageStore):
    """Adds requests up before it selects."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        rows = {
            (row.tenant_id, row.operation): row
            for row in await super().totals(replace(query, since=None, until=None))
        }
        return tuple(
            replace(row, requests=rows[row.tenant_id, row.operation].requests)
            for row in await super().totals(query)
        )


@TWINS.fails("test_a_request_counts_in_each_group_that_its_calls_fall_in")
class GroupsByTheFirstCall(Recounting):
    """Counts a request in the group of its first call."""

    def for_requests(self, calls: Sequence[LLMCall]) -> list[LLMCall]:
        first = {calls[0].request_id: calls[0].operation for calls in reversed(by_request(calls))}
        kept = [replace(call, operation=first[call.request_id]) for call in calls]
        return [*kept, *(_emptied(call) for call in calls if call.operation != first[call.request_id])]


@TWINS.fails(
    "test_a_request_has_failed_only_if_all_its_calls_have", "test_a_request_includes_its_failed_calls"
)
class FailsWithOneCall(Recounting):
    """Takes a request for failed if any of its calls is."""

    def for_requests(self, calls: Sequence[LLMCall]) -> list[LLMCall]:
        failed = {call.request_id: call.failure for call in calls if call.failure}
        return [replace(call, failure=failed.get(call.request_id)) for call in calls]


@TWINS.fails("test_a_request_includes_its_failed_calls")
class LeavesFailedCallsOut(Recounting):
    """Sums up the calls that succeeded, where there are any."""

    def for_requests(self, calls: Sequence[LLMCall]) -> list[LLMCall]:
        return [
            call
            for request in by_request(calls)
            for call in ([each for each in request if each.failure is None] or request)
        ]


@TWINS.fails("test_failed_rows_do_not_show_in_distributions")
class SpreadsFailedRows(Recounting):
    """Takes failed rows into its distributions."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        whole = await super().totals(query)
        store = InMemoryUsageStore()
        await store.record([replace(call, failure=None) for call in self.calls])
        return tuple(
            replace(
                row,
                requests=self._spread(row.requests, other.requests),
                llm_calls=self._spread(row.llm_calls, other.llm_calls),
            )
            for row, other in zip(whole, await store.totals(query), strict=True)
        )

    def _spread(self, metrics: Metrics, other: Metrics) -> Metrics:
        return replace(metrics, **{name: getattr(other, name) for name in DISTRIBUTIONS})


class SameForBoth(Recounting):
    """A base for stores that read a call wrongly."""

    def read(self, call: LLMCall) -> LLMCall:
        raise NotImplementedError

    def for_requests(self, calls: Sequence[LLMCall]) -> list[LLMCall]:
        return [self.read(call) for call in calls]

    for_llm_calls = for_requests


@TWINS.fails("test_failed_rows_cost")
class PaysForSuccessOnly(SameForBoth):
    """Takes failed calls for free."""

    def read(self, call: LLMCall) -> LLMCall:
        return replace(call, cost_usd=None) if call.failure else call


@TWINS.fails("test_unknown_figures_are_not_taken_for_zero")
class TakesUnknownForZero(SameForBoth):
    """Keeps what is unknown in a column that is never null."""

    def read(self, call: LLMCall) -> LLMCall:
        return with_tokens(call, lambda tokens: tokens or 0)


@TWINS.fails("test_a_figure_of_zero_is_known")
class TakesZeroForUnknown(SameForBoth):
    """Leaves out what is not true."""

    def read(self, call: LLMCall) -> LLMCall:
        return with_tokens(call, lambda tokens: tokens or None)


@TWINS.fails("test_a_distribution_of_nothing_is_all_zero")
class AveragesNothing(Changing):
    """Divides by zero, and says NaN."""

    def changed(self, metrics: Metrics) -> Metrics:
        nothing = metrics.total_calls and not metrics.input_tokens.total
        tokens = replace(metrics.input_tokens, avg=math.nan) if nothing else metrics.input_tokens
        return replace(metrics, input_tokens=tokens)


@TWINS.fails("test_percentiles_are_interpolated_as_percentile_cont_does")
class TakesTheNearestRank(Changing):
    """Takes the nearest figure for a percentile."""

    def changed(self, metrics: Metrics) -> Metrics:
        duration = metrics.call_duration
        return replace(metrics, call_duration=replace(duration, p5=duration.min, p95=duration.max))


@TWINS.fails("test_counts_are_whole_numbers")
class CountsInFractions(Changing):
    """Returns counts as its driver does, which are decimal."""

    def changed(self, metrics: Metrics) -> Metrics:
        return replace(metrics, total_calls=float(metrics.total_calls))
