"""What the port promises of any usage store."""

from __future__ import annotations

import datetime as dt

import pytest

from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import Distribution, Metrics, UsageQuery, UsageTotals
from tests.adapters.sql.calls import NOON, a_call

ALL = UsageQuery()
HOUR = dt.timedelta(hours=1)


async def total_of(store: UsageStore, query: UsageQuery = ALL) -> UsageTotals:
    (total,) = await store.totals(query)
    return total


async def test_an_empty_store_has_one_row_of_zeros(usage_store: UsageStore) -> None:
    totals = await usage_store.totals(ALL)

    assert totals == (UsageTotals(),)


async def test_an_empty_store_has_no_groups(usage_store: UsageStore) -> None:
    totals = await usage_store.totals(UsageQuery(groupings=(("tenant",),)))

    assert totals == ()


async def test_recording_nothing_is_allowed(usage_store: UsageStore) -> None:
    await usage_store.record(())

    assert await usage_store.totals(ALL) == (UsageTotals(),)


async def test_a_call_that_is_recorded_again_counts_once_and_stays_as_it_was(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(id="a", duration_ms=10)])

    await usage_store.record([a_call(id="a", duration_ms=99), a_call(id="b", duration_ms=30)])

    assert (await total_of(usage_store)).llm_calls.call_duration.total == 40


async def test_a_call_that_is_twice_in_a_batch_counts_once(usage_store: UsageStore) -> None:
    call = a_call()

    await usage_store.record([call, call])

    assert (await total_of(usage_store)).llm_calls.total_calls == 1


async def test_a_request_is_the_sum_of_its_calls(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(request_id="r", duration_ms=10, input_tokens=1, output_tokens=5, cost_usd=0.5),
            a_call(request_id="r", duration_ms=30, input_tokens=2, output_tokens=6, cost_usd=0.25),
        ]
    )

    requests = (await total_of(usage_store)).requests

    assert requests == Metrics(
        total_calls=1,
        failed_calls=0,
        total_cost_usd=0.75,
        call_duration=Distribution(avg=40, min=40, max=40, p5=40, p95=40, total=40),
        input_tokens=Distribution(avg=3, min=3, max=3, p5=3, p95=3, total=3),
        output_tokens=Distribution(avg=11, min=11, max=11, p5=11, p95=11, total=11),
    )


async def test_a_request_with_one_success_has_not_failed_and_includes_its_failed_calls(
    usage_store: UsageStore,
) -> None:
    await usage_store.record(
        [
            a_call(request_id="r", duration_ms=10, failure="LLMTimeout"),
            a_call(request_id="r", duration_ms=30),
        ]
    )

    total = await total_of(usage_store)

    assert (total.requests.failed_calls, total.requests.call_duration.total) == (0, 40)
    assert (total.llm_calls.failed_calls, total.llm_calls.call_duration.total) == (1, 30)


async def test_a_request_has_failed_if_all_its_calls_have(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(request_id="r", failure="LLMTimeout"),
            a_call(request_id="r", failure="LLMUnavailable"),
            a_call(request_id="s"),
        ]
    )

    requests = (await total_of(usage_store)).requests

    assert (requests.total_calls, requests.failed_calls) == (2, 1)


async def test_failed_calls_cost_but_do_not_show_in_distributions(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(duration_ms=10, input_tokens=7, cost_usd=1.0),
            a_call(duration_ms=99_000, input_tokens=1, cost_usd=2.0, failure="LLMAnswerUnusable"),
        ]
    )

    for metrics in ((await total_of(usage_store)).requests, (await total_of(usage_store)).llm_calls):
        assert metrics.total_cost_usd == 3.0
        assert metrics.call_duration.max == 10
        assert metrics.input_tokens.min == 7


async def test_unknown_figures_are_ignored_and_not_taken_for_zero(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(request_id="r", input_tokens=None, cost_usd=None),
            a_call(request_id="r", input_tokens=8, cost_usd=0.5),
            a_call(request_id="s", input_tokens=None, cost_usd=None),
        ]
    )

    total = await total_of(usage_store)

    assert total.requests.input_tokens == Distribution(avg=8, min=8, max=8, p5=8, p95=8, total=8)
    assert total.llm_calls.input_tokens == Distribution(avg=8, min=8, max=8, p5=8, p95=8, total=8)
    assert total.requests.output_tokens == Distribution()
    assert total.requests.total_cost_usd == 0.5


async def test_a_figure_of_zero_is_known(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(output_tokens=0), a_call(output_tokens=10)])

    assert (await total_of(usage_store)).llm_calls.output_tokens.avg == 5


@pytest.mark.parametrize(
    ("durations", "p5", "p95"),
    [
        ([7], 7, 7),
        ([10, 20], 10.5, 19.5),
        ([40, 10, 30, 20], 11.5, 38.5),
        (list(range(100, -1, -1)), 5, 95),
        ([5, 5, 5, 5, 100], 5, 81),
    ],
)
async def test_percentiles_are_interpolated_as_percentile_cont_does(
    usage_store: UsageStore, durations: list[int], p5: float, p95: float
) -> None:
    await usage_store.record([a_call(duration_ms=duration) for duration in durations])

    distribution = (await total_of(usage_store)).llm_calls.call_duration

    assert (distribution.p5, distribution.p95) == (pytest.approx(p5), pytest.approx(p95))


async def test_totals_are_whole_numbers(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(duration_ms=1, input_tokens=2), a_call(duration_ms=2)])

    total = await total_of(usage_store)

    assert type(total.requests.call_duration.total) is int
    assert type(total.llm_calls.failed_calls) is int


async def test_the_window_begins_with_since_and_ends_before_until(usage_store: UsageStore) -> None:
    moments = {
        "before": NOON - dt.timedelta(microseconds=1),
        "since": NOON,
        "within": NOON + HOUR,
        "last": NOON + 2 * HOUR - dt.timedelta(microseconds=1),
        "until": NOON + 2 * HOUR,
    }
    await usage_store.record([a_call(tenant_id=name, started_at=at) for name, at in moments.items()])

    totals = await usage_store.totals(UsageQuery(since=NOON, until=NOON + 2 * HOUR, groupings=(("tenant",),)))

    assert {row.tenant_id for row in totals} == {"since", "within", "last"}


async def test_moments_are_compared_across_time_zones(usage_store: UsageStore) -> None:
    kathmandu = dt.timezone(dt.timedelta(hours=5, minutes=45))
    late_there_early_here = dt.datetime(2026, 3, 2, 1, 0, tzinfo=kathmandu)
    await usage_store.record([a_call(started_at=late_there_early_here)])

    that_day_in_utc = UsageQuery(
        since=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), until=dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    )
    that_day_there = UsageQuery(
        since=dt.datetime(2026, 3, 2, tzinfo=kathmandu), until=dt.datetime(2026, 3, 3, tzinfo=kathmandu)
    )

    assert (await total_of(usage_store, that_day_in_utc)).llm_calls.total_calls == 1
    assert (await total_of(usage_store, that_day_there)).llm_calls.total_calls == 1


async def test_the_ends_of_the_calendar_are_moments_as_well(usage_store: UsageStore) -> None:
    await usage_store.record([a_call()])
    east, west = dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))

    total = await total_of(
        usage_store,
        UsageQuery(since=dt.datetime.min.replace(tzinfo=east), until=dt.datetime.max.replace(tzinfo=west)),
    )

    assert total.llm_calls.total_calls == 1


async def test_a_request_that_the_window_cuts_counts_with_the_calls_inside(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(request_id="r", started_at=NOON - HOUR, duration_ms=1),
            a_call(request_id="r", started_at=NOON, duration_ms=20, failure="LLMTimeout"),
            a_call(request_id="r", started_at=NOON + HOUR, duration_ms=300, failure="LLMTimeout"),
        ]
    )

    requests = (await total_of(usage_store, UsageQuery(since=NOON))).requests

    assert (requests.total_calls, requests.failed_calls) == (1, 1)


async def test_a_tenant_sees_its_own_calls_only(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(tenant_id="kenya"), a_call(tenant_id="nepal")])

    total = await total_of(usage_store, UsageQuery(tenant_id="kenya"))

    assert (total.tenant_id, total.llm_calls.total_calls) == (None, 1)


async def test_a_tenant_without_calls_has_one_row_of_zeros(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(tenant_id="kenya")])

    assert await usage_store.totals(UsageQuery(tenant_id="nepal")) == (UsageTotals(),)


async def test_groups_are_split_by_both_dimensions(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(tenant_id="kenya", operation="analyze", duration_ms=1),
            a_call(tenant_id="kenya", operation="summarize", duration_ms=2),
            a_call(tenant_id="nepal", operation="analyze", duration_ms=4),
            a_call(tenant_id="nepal", operation="analyze", duration_ms=8),
        ]
    )

    totals = await usage_store.totals(UsageQuery(groupings=(("operation", "tenant"),)))

    assert {(row.tenant_id, row.operation): row.requests.call_duration.total for row in totals} == {
        ("kenya", "analyze"): 1,
        ("kenya", "summarize"): 2,
        ("nepal", "analyze"): 12,
    }


async def test_a_request_counts_in_each_group_that_its_calls_fall_in(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(request_id="r", operation="analyze", duration_ms=1),
            a_call(request_id="r", operation="summarize", duration_ms=2),
        ]
    )

    by_operation = await usage_store.totals(UsageQuery(groupings=(("operation",),)))

    assert {row.operation: row.requests.call_duration.total for row in by_operation} == {
        "analyze": 1,
        "summarize": 2,
    }
    assert (await total_of(usage_store)).requests.total_calls == 1


async def test_several_groupings_are_answered_at_once(usage_store: UsageStore) -> None:
    await usage_store.record(
        [
            a_call(request_id="r", tenant_id="kenya", operation="analyze", duration_ms=1),
            a_call(request_id="r", tenant_id="kenya", operation="summarize", duration_ms=2),
            a_call(tenant_id="nepal", operation="analyze", duration_ms=4),
        ]
    )

    totals = await usage_store.totals(UsageQuery(groupings=((), ("tenant",), ("tenant", "operation"))))

    assert sorted(
        (row.tenant_id or "", row.operation or "", row.requests.total_calls, row.llm_calls.total_calls)
        for row in totals
    ) == [
        ("", "", 2, 3),
        ("kenya", "", 1, 2),
        ("kenya", "analyze", 1, 1),
        ("kenya", "summarize", 1, 1),
        ("nepal", "", 1, 1),
        ("nepal", "analyze", 1, 1),
    ]


async def test_with_no_match_only_the_grouping_of_all_has_a_row(usage_store: UsageStore) -> None:
    totals = await usage_store.totals(UsageQuery(groupings=((), ("tenant",), ("tenant", "operation"))))

    assert totals == (UsageTotals(),)


async def test_the_oldest_calls_come_first_as_they_were_recorded(usage_store: UsageStore) -> None:
    calls = [
        a_call(id="d", started_at=NOON + HOUR),
        a_call(
            id="c",
            started_at=NOON,
            input_tokens=1,
            output_tokens=2,
            cost_usd=0.5,
            failure="LLMTimeout",
        ),
        a_call(id="b", started_at=NOON),
        a_call(id="a", started_at=NOON - HOUR),
    ]
    await usage_store.record(calls)

    oldest = await usage_store.oldest(NOON + 2 * HOUR, 3)

    assert oldest == tuple(reversed(calls[1:]))


async def test_what_started_at_the_very_moment_is_not_before_it(usage_store: UsageStore) -> None:
    kathmandu = dt.timezone(dt.timedelta(hours=5, minutes=45))
    await usage_store.record([a_call(id="a", started_at=NOON - HOUR), a_call(id="b", started_at=NOON)])

    oldest = await usage_store.oldest(NOON.astimezone(kathmandu), 10)

    assert [call.id for call in oldest] == ["a"]


async def test_forgotten_calls_are_gone_and_the_others_are_not(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(id=name) for name in "abc"])

    forgotten = await usage_store.forget(["a", "c"])

    assert forgotten == 2
    assert [call.id for call in await usage_store.oldest(NOON + HOUR, 10)] == ["b"]


async def test_ids_that_are_not_kept_or_named_twice_do_not_count(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(id="a")])

    assert await usage_store.forget(["a", "a", "unknown"]) == 1
    assert await usage_store.forget([]) == 0


async def test_a_call_that_was_forgotten_may_be_recorded_anew(usage_store: UsageStore) -> None:
    call = a_call()
    await usage_store.record([call])
    await usage_store.forget([call.id])

    await usage_store.record([call])

    assert await usage_store.oldest(NOON + HOUR, 10) == (call,)


async def test_any_number_of_calls_can_be_forgotten_at_once(usage_store: UsageStore) -> None:
    await usage_store.record([a_call(id=f"many-{number}") for number in range(3)])

    assert await usage_store.forget([f"many-{number}" for number in range(70_000)]) == 3


async def test_a_store_within_reach_passes_its_check(usage_store: UsageStore) -> None:
    assert await usage_store.check() is None
