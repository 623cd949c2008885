"""What every usage store promises of its totals."""

from __future__ import annotations

import datetime as dt

import anyio.lowlevel

from qfa_core.contracts.calls import HOUR, INSTANT, KATHMANDU, NOON, a_call
from qfa_core.contracts.contract import Contract
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import UsageQuery, UsageTotals

ALL = UsageQuery()
BY_TENANT = UsageQuery(groupings=(("tenant",),))
BATCHES = 10


async def count_of(store: UsageStore, query: UsageQuery = ALL) -> int:
    """Return how many calls a query without groups selects."""
    return sum(row.llm_calls.total_calls for row in await store.totals(query))


async def tenants_in(store: UsageStore, query: UsageQuery) -> set[str | None]:
    return {row.tenant_id for row in await store.totals(query)}


class UsageTotalsContract(Contract):
    """The part of UsageStoreContract that adds calls up."""

    async def test_with_no_match_all_is_one_row_of_zeros(self, usage_store: UsageStore) -> None:
        """UsageStore.totals: With no match, the grouping () still has its one row, of zeros"""
        await usage_store.record([a_call("a", tenant_id="kenya")])

        assert await usage_store.totals(UsageQuery(tenant_id="nepal")) == (UsageTotals(),)

    async def test_with_no_match_there_are_no_groups(self, usage_store: UsageStore) -> None:
        """UsageStore.totals: There is a row a group that has any call"""
        assert await usage_store.totals(BY_TENANT) == ()

    async def test_a_call_at_since_counts(self, usage_store: UsageStore) -> None:
        """UsageQuery: *since* counts"""
        await usage_store.record([a_call("a", started_at=NOON)])

        assert await count_of(usage_store, UsageQuery(since=NOON)) == 1

    async def test_a_call_before_since_does_not_count(self, usage_store: UsageStore) -> None:
        """UsageQuery: half-open window"""
        await usage_store.record([a_call("a", started_at=NOON - INSTANT)])

        assert await count_of(usage_store, UsageQuery(since=NOON)) == 0

    async def test_a_call_at_until_does_not_count(self, usage_store: UsageStore) -> None:
        """UsageQuery: *until* does not"""
        await usage_store.record([a_call("a", started_at=NOON)])

        assert await count_of(usage_store, UsageQuery(until=NOON)) == 0

    async def test_a_call_before_until_counts(self, usage_store: UsageStore) -> None:
        """UsageQuery: half-open window"""
        await usage_store.record([a_call("a", started_at=NOON - INSTANT)])

        assert await count_of(usage_store, UsageQuery(until=NOON)) == 1

    async def test_no_bound_leaves_nothing_out(self, usage_store: UsageStore) -> None:
        """UsageQuery: None for no bound"""
        years = [dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (1971, 2026, 2999)]
        await usage_store.record([a_call(f"{at:%Y}", started_at=at) for at in years])

        assert await count_of(usage_store) == 3

    async def test_bounds_may_stand_in_any_time_zone(self, usage_store: UsageStore) -> None:
        """UsageQuery: Times have a time zone"""
        await usage_store.record([a_call("a", started_at=dt.datetime(2026, 3, 2, 1, tzinfo=KATHMANDU))])
        day = dt.timedelta(days=1)

        for start in (dt.datetime(2026, 3, 1, tzinfo=dt.UTC), dt.datetime(2026, 3, 2, tzinfo=KATHMANDU)):
            assert await count_of(usage_store, UsageQuery(since=start, until=start + day)) == 1

    async def test_the_ends_of_the_calendar_are_bounds_as_well(self, usage_store: UsageStore) -> None:
        """UsageStore.totals: A bound may be any moment, the ends of the calendar in any time zone included"""
        await usage_store.record([a_call("a")])
        east, west = dt.timezone(14 * HOUR), dt.timezone(-12 * HOUR)
        ever = UsageQuery(
            since=dt.datetime.min.replace(tzinfo=east), until=dt.datetime.max.replace(tzinfo=west)
        )

        assert await count_of(usage_store, ever) == 1

    async def test_a_tenant_sees_its_own_calls_only(self, usage_store: UsageStore) -> None:
        """UsageQuery: *tenant_id* None means all tenants"""
        await usage_store.record([a_call("a", tenant_id="kenya"), a_call("b", tenant_id="nepal")])

        kenya = UsageQuery(tenant_id="kenya", groupings=(("tenant",),))

        assert await tenants_in(usage_store, kenya) == {"kenya"}

    async def test_no_tenant_means_all_tenants(self, usage_store: UsageStore) -> None:
        """UsageQuery: *tenant_id* None means all tenants"""
        await usage_store.record([a_call("a", tenant_id="kenya"), a_call("b", tenant_id="nepal")])

        assert await tenants_in(usage_store, BY_TENANT) == {"kenya", "nepal"}

    async def test_groups_are_split_by_each_dimension(self, usage_store: UsageStore) -> None:
        """UsageStore.totals: a row a group that has any call, for each of the query's groupings"""
        await usage_store.record(
            [
                a_call("a", tenant_id="kenya", operation="analyze"),
                a_call("b", tenant_id="kenya", operation="summarize"),
                a_call("c", tenant_id="nepal", operation="analyze"),
                a_call("d", tenant_id="nepal", operation="analyze"),
            ]
        )

        totals = await usage_store.totals(
            UsageQuery(groupings=((), ("tenant",), ("operation",), ("operation", "tenant")))
        )

        assert sorted(
            (row.tenant_id or "", row.operation or "", row.llm_calls.total_calls) for row in totals
        ) == [
            ("", "", 4),
            ("", "analyze", 3),
            ("", "summarize", 1),
            ("kenya", "", 2),
            ("kenya", "analyze", 1),
            ("kenya", "summarize", 1),
            ("nepal", "", 2),
            ("nepal", "analyze", 2),
        ]

    async def test_a_dimension_that_is_not_split_by_is_none(self, usage_store: UsageStore) -> None:
        """UsageTotals: a dimension that its grouping does not split by is None"""
        await usage_store.record([a_call("a", tenant_id="kenya", operation="analyze")])

        (total,) = await usage_store.totals(UsageQuery(tenant_id="kenya"))

        assert (total.tenant_id, total.operation) == (None, None)

    async def test_all_rows_show_one_moment(self, usage_store: UsageStore) -> None:
        """UsageStore.totals: as they are at one moment"""
        query = UsageQuery(groupings=((), ("operation",), ("tenant",)))
        answers: list[tuple[UsageTotals, ...]] = []

        async def ask() -> None:
            while len(answers) < BATCHES:
                answers.append(await usage_store.totals(query))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            for number in range(BATCHES):
                await usage_store.record([a_call(f"{number}", tenant_id="nepal")])
                await anyio.lowlevel.checkpoint()

        for rows in answers:
            count = {(row.tenant_id, row.operation): row.llm_calls.total_calls for row in rows}
            total = count.get((None, None), 0)
            assert count.get(("nepal", None), 0) == count.get((None, "summarize"), 0) == total
