"""What every usage store promises of the figures in its totals."""

from __future__ import annotations

import pytest

from qfa_core.contracts.calls import HOUR, NOON, a_call
from qfa_core.contracts.contract import Contract
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import Distribution, Metrics, UsageQuery, UsageTotals

PERCENTILES = [
    ([7], 7, 7),
    ([10, 20], 10.5, 19.5),
    ([40, 10, 30, 20], 11.5, 38.5),
    (list(range(100, -1, -1)), 5, 95),
    ([5, 5, 5, 5, 100], 5, 81),
]


async def total_of(store: UsageStore, since: int = -1) -> UsageTotals:
    """Return the total of all calls from so many hours after noon."""
    (total,) = await store.totals(UsageQuery(since=NOON + since * HOUR))
    return total


def only(figure: int) -> Distribution:
    """Return the distribution of one figure."""
    return Distribution(avg=figure, min=figure, max=figure, p5=figure, p95=figure, total=figure)


class UsageFiguresContract(Contract):
    """The part of UsageStoreContract that looks at requests, failures and distributions."""

    async def test_a_request_is_the_sum_of_its_calls(self, usage_store: UsageStore) -> None:
        """UsageStore.totals: A request is the sum of those of its calls that the query selects"""
        await usage_store.record(
            [
                a_call("a", request_id="r", duration_ms=10, input_tokens=1, output_tokens=5, cost_usd=0.5),
                a_call("b", request_id="r", duration_ms=30, input_tokens=2, output_tokens=6, cost_usd=0.25),
            ]
        )

        assert (await total_of(usage_store)).requests == Metrics(
            total_calls=1,
            failed_calls=0,
            total_cost_usd=0.75,
            call_duration=only(40),
            input_tokens=only(3),
            output_tokens=only(11),
        )

    async def test_llm_calls_count_each_for_itself(self, usage_store: UsageStore) -> None:
        """UsageTotals: *llm_calls*: one LLM call counts once"""
        await usage_store.record([a_call(name, request_id="r", duration_ms=10) for name in "abc"])

        llm_calls = (await total_of(usage_store)).llm_calls

        assert (llm_calls.total_calls, llm_calls.call_duration.max) == (3, 10)

    async def test_a_request_that_the_window_cuts_is_the_sum_of_the_calls_inside(
        self, usage_store: UsageStore
    ) -> None:
        """UsageStore.totals: those of its calls that the query selects"""
        await usage_store.record(
            [
                a_call("a", request_id="r", duration_ms=1),
                a_call("b", request_id="r", duration_ms=20, started_at=NOON + 2 * HOUR),
                a_call("c", request_id="r", duration_ms=300, started_at=NOON + 3 * HOUR),
            ]
        )

        requests = (await total_of(usage_store, since=1)).requests

        assert (requests.total_calls, requests.call_duration.total) == (1, 320)

    async def test_a_request_counts_in_each_group_that_its_calls_fall_in(
        self, usage_store: UsageStore
    ) -> None:
        """UsageStore.totals: in the group they fall in"""
        await usage_store.record(
            [
                a_call("a", request_id="r", operation="analyze", duration_ms=1),
                a_call("b", request_id="r", operation="summarize", duration_ms=2),
            ]
        )

        rows = await usage_store.totals(UsageQuery(groupings=(("operation",),)))

        assert {row.operation: row.requests.call_duration.total for row in rows} == {
            "analyze": 1,
            "summarize": 2,
        }

    async def test_a_request_has_failed_only_if_all_its_calls_have(self, usage_store: UsageStore) -> None:
        """UsageTotals: failed only if all of them failed"""
        await usage_store.record(
            [
                a_call("a", request_id="half", failure="LLMTimeout"),
                a_call("b", request_id="half"),
                a_call("c", request_id="wholly", failure="LLMTimeout"),
                a_call("d", request_id="wholly", failure="LLMUnavailable"),
            ]
        )

        total = await total_of(usage_store)

        assert (total.requests.total_calls, total.requests.failed_calls) == (2, 1)
        assert (total.llm_calls.total_calls, total.llm_calls.failed_calls) == (4, 3)

    async def test_a_request_includes_its_failed_calls(self, usage_store: UsageStore) -> None:
        """UsageTotals: a request is the sum of its LLM calls"""
        await usage_store.record(
            [
                a_call("a", request_id="r", duration_ms=10, failure="LLMTimeout"),
                a_call("b", request_id="r", duration_ms=30),
            ]
        )

        assert (await total_of(usage_store)).requests.call_duration.total == 40

    async def test_failed_rows_do_not_show_in_distributions(self, usage_store: UsageStore) -> None:
        """Distribution: How a figure spreads over successful rows"""
        await usage_store.record(
            [a_call("a", duration_ms=10), a_call("b", duration_ms=99, failure="LLMTimeout")]
        )

        total = await total_of(usage_store)

        assert (total.requests.call_duration, total.llm_calls.call_duration) == (only(10), only(10))

    async def test_failed_rows_cost(self, usage_store: UsageStore) -> None:
        """Metrics: cost over failed rows too"""
        await usage_store.record(
            [a_call("a", cost_usd=1.0), a_call("b", cost_usd=0.5, failure="LLMAnswerUnusable")]
        )

        total = await total_of(usage_store)

        assert (total.requests.total_cost_usd, total.llm_calls.total_cost_usd) == (1.5, 1.5)

    async def test_unknown_figures_are_not_taken_for_zero(self, usage_store: UsageStore) -> None:
        """Distribution: Rows whose figure is unknown do not count"""
        await usage_store.record(
            [
                a_call("a", request_id="half", input_tokens=None),
                a_call("b", request_id="half", input_tokens=8),
                a_call("c", request_id="wholly", input_tokens=None),
            ]
        )

        total = await total_of(usage_store)

        assert (total.requests.input_tokens, total.llm_calls.input_tokens) == (only(8), only(8))

    async def test_a_figure_of_zero_is_known(self, usage_store: UsageStore) -> None:
        """Distribution: Rows whose figure is unknown do not count"""
        await usage_store.record([a_call("a", output_tokens=0), a_call("b", output_tokens=10)])

        output_tokens = (await total_of(usage_store)).llm_calls.output_tokens

        assert (output_tokens.min, output_tokens.avg) == (0, 5)

    async def test_a_distribution_of_nothing_is_all_zero(self, usage_store: UsageStore) -> None:
        """Distribution: all zero where there are none"""
        await usage_store.record([a_call("a", input_tokens=None)])

        total = await total_of(usage_store)

        assert (total.requests.input_tokens, total.llm_calls.input_tokens) == (Distribution(), Distribution())

    @pytest.mark.parametrize(("durations", "p5", "p95"), PERCENTILES)
    async def test_percentiles_are_interpolated_as_percentile_cont_does(
        self, usage_store: UsageStore, durations: list[int], p5: float, p95: float
    ) -> None:
        """Distribution: interpolated percentiles, as SQL's percentile_cont computes them"""
        await usage_store.record([a_call(f"{at}", duration_ms=ms) for at, ms in enumerate(durations)])

        duration = (await total_of(usage_store)).llm_calls.call_duration

        assert duration.p5 == pytest.approx(p5)
        assert duration.p95 == pytest.approx(p95)

    async def test_counts_are_whole_numbers(self, usage_store: UsageStore) -> None:
        """Distribution: all zero where there are none"""
        await usage_store.record([a_call("a", input_tokens=2), a_call("b", failure="LLMTimeout")])

        total = await total_of(usage_store)

        for metrics in (total.requests, total.llm_calls):
            figures = (metrics.total_calls, metrics.failed_calls, metrics.input_tokens.total)
            assert [type(figure) for figure in figures] == [int, int, int]
