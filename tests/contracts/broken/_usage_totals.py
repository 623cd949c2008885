"""Usage stores that select or split calls wrongly when they add up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import anyio.lowlevel
from msgspec.structs import replace

from qfa_core.fakes import InMemoryUsageStore
from qfa_core.usage import UsageQuery, UsageTotals
from tests.contracts.twins import Twins

TWINS = Twins()
INSTANT = dt.timedelta(microseconds=1)
CENTURY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Asking(InMemoryUsageStore):
    """A base for stores that ask something else than they were asked."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        raise NotImplementedError

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        return await super().totals(self.asked(query))


def with_bounds(query: UsageQuery, **changes: Any) -> UsageQuery:
    """Return *query* with those bounds changed, by functions, that it has."""
    bounds = {name: change(getattr(query, name)) for name, change in changes.items() if getattr(query, name)}
    return replace(query, **bounds)


@TWINS.fails("test_a_recorded_call_is_known_at_once")
class CachesTotals(InMemoryUsageStore):
    """Answers the same question with the same figures, whatever came between."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[UsageQuery, tuple[UsageTotals, ...]] = {}

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        await self.check()
        if query not in self._answers:
            self._answers[query] = await super().totals(query)
        return self._answers[query]


@TWINS.fails("test_a_call_at_since_counts")
class BeginsAfterSince(Asking):
    """Takes *since* for the last moment that does not count."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        return with_bounds(query, since=lambda since: since + INSTANT)


@TWINS.fails("test_a_call_before_since_does_not_count")
class BeginsTooEarly(Asking):
    """Rounds *since* down, below itself."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        return with_bounds(query, since=lambda since: max(CENTURY, since) - INSTANT)


@TWINS.fails("test_a_call_at_until_does_not_count")
class EndsWithUntil(Asking):
    """Takes *until* for the last moment that counts, as SQL's BETWEEN does."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        return with_bounds(query, until=lambda until: min(until, CENTURY.replace(year=3000)) + INSTANT)


@TWINS.fails("test_a_call_before_until_counts")
class EndsASecondEarly(Asking):
    """Takes off a second to leave *until* out."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        return with_bounds(query, until=lambda until: until - dt.timedelta(seconds=1))


@TWINS.fails("test_no_bound_leaves_nothing_out")
class BeginsWithTheCentury(Asking):
    """Has a bound of its own where the query has none."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        return replace(query, since=query.since or CENTURY)


@TWINS.fails("test_bounds_may_stand_in_any_time_zone")
class ReadsBoundsFromTheWall(Asking):
    """Takes what a clock on the wall shows for UTC."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        wall = {"since": lambda at: at.replace(tzinfo=dt.UTC), "until": lambda at: at.replace(tzinfo=dt.UTC)}
        return with_bounds(query, **wall)


@TWINS.fails("test_the_ends_of_the_calendar_are_bounds_as_well")
class OverflowsAtTheEnds(Asking):
    """Turns bounds into UTC, which has no such moments."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        utc = {"since": lambda at: at.astimezone(dt.UTC), "until": lambda at: at.astimezone(dt.UTC)}
        return with_bounds(query, **utc)


@TWINS.fails("test_a_tenant_sees_its_own_calls_only", "test_with_no_match_all_is_one_row_of_zeros")
class ShowsOtherTenants(Asking):
    """Forgets the condition on the tenant."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        return replace(query, tenant_id=None)


@TWINS.fails("test_no_tenant_means_all_tenants", "test_groups_are_split_by_each_dimension")
class ShowsTheFirstTenant(Asking):
    """Takes no tenant for the first that comes along."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        first = self.calls[0].tenant_id if self.calls else None
        return replace(query, tenant_id=query.tenant_id or first)


@TWINS.fails("test_groups_are_split_by_each_dimension", "test_all_rows_show_one_moment")
class AnswersOneGrouping(Asking):
    """Looks at the first grouping only."""

    def asked(self, query: UsageQuery) -> UsageQuery:
        return replace(query, groupings=query.groupings[:1])


@TWINS.fails("test_with_no_match_all_is_one_row_of_zeros")
class HasNoRowOfZeros(InMemoryUsageStore):
    """Groups with SQL's GROUP BY, which makes nothing of nothing."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        return tuple(row for row in await super().totals(query) if row.llm_calls.total_calls)


@TWINS.fails("test_with_no_match_there_are_no_groups")
class HasARowForNoGroup(InMemoryUsageStore):
    """Begins every grouping with a row of zeros."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        return await super().totals(query) or (UsageTotals(),)


@TWINS.fails("test_a_dimension_that_is_not_split_by_is_none")
class NamesTheTenantOfTheTotal(InMemoryUsageStore):
    """Fills a dimension with any value of the rows below."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        rows = await super().totals(query)
        return tuple(
            replace(row, tenant_id=row.tenant_id or query.tenant_id) if row.llm_calls.total_calls else row
            for row in rows
        )


@TWINS.fails("test_all_rows_show_one_moment")
class AsksOnceAGrouping(InMemoryUsageStore):
    """Runs a statement a grouping, each at a moment of its own."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        rows: tuple[UsageTotals, ...] = ()
        for grouping in query.groupings:
            rows += await super().totals(replace(query, groupings=(grouping,)))
            await anyio.lowlevel.checkpoint()
        return rows
