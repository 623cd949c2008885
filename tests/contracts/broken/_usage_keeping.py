"""Usage stores that keep, list or forget calls wrongly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec.structs import replace

from qfa_core.errors import Conflict, InvalidInput, UsageStoreUnavailable
from qfa_core.fakes import InMemoryUsageStore
from qfa_core.usage import LLMCall
from tests.contracts.twins import Twins

TWINS = Twins()
INSTANT = dt.timedelta(microseconds=1)


def is_hard(text: str) -> bool:
    """Say whether a database would refuse *text*."""
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


def is_too_much(call: LLMCall) -> bool:
    return is_hard(call.model) or call.duration_ms >= 2**63


class Altering(InMemoryUsageStore):
    """A base for stores that keep something else than they were given."""

    def altered(self, call: LLMCall) -> LLMCall:
        raise NotImplementedError

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await super().record([self.altered(call) for call in calls])


@TWINS.fails("test_a_recorded_call_is_kept_with_every_field")
class LosesAField(Altering):
    """Has no column for the model."""

    def altered(self, call: LLMCall) -> LLMCall:
        return replace(call, model="unknown")


@TWINS.fails("test_moments_are_kept_to_the_microsecond")
class CountsInMilliseconds(Altering):
    """Cuts moments to the millisecond."""

    def altered(self, call: LLMCall) -> LLMCall:
        return replace(call, started_at=call.started_at - call.started_at.microsecond % 1000 * INSTANT)


@TWINS.fails("test_recording_nothing_is_no_error")
class WantsAFirstCall(InMemoryUsageStore):
    """Looks at the first call of a batch, whether there is one or not."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await super().record([calls[0], *calls[1:]])


@TWINS.fails("test_a_batch_is_kept_whole_or_not_at_all")
class KeepsHalfABatch(InMemoryUsageStore):
    """Writes call by call, without a transaction."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        for call in calls:
            if is_too_much(call):
                raise InvalidInput
            await super().record([call])


@TWINS.fails("test_a_call_that_can_never_be_held_is_invalid_input")
class BlamesTheNetwork(InMemoryUsageStore):
    """Takes a call that it can never hold for an outage, so that it is tried again for ever."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        if any(map(is_too_much, calls)):
            raise UsageStoreUnavailable
        await super().record(calls)


@TWINS.fails(
    "test_a_call_recorded_again_counts_once",
    "test_a_call_recorded_again_stays_as_it_was",
    "test_the_new_calls_beside_one_recorded_again_are_kept",
)
class RefusesToRecordAgain(InMemoryUsageStore):
    """Raises Conflict for a call that is kept already."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        if {call.id for call in calls} & {call.id for call in self.calls}:
            raise Conflict
        await super().record(calls)


@TWINS.fails(
    "test_a_call_recorded_again_counts_once",
    "test_a_call_recorded_again_stays_as_it_was",
    "test_of_calls_with_one_id_in_a_batch_the_first_counts",
)
class CountsTwice(InMemoryUsageStore):
    """Writes a row whenever it is told to, without looking at the id."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await self.check()
        for call in calls:
            self._calls[call.id if call.id not in self._calls else f"{call.id}-{len(self._calls)}"] = call


@TWINS.fails(
    "test_a_call_recorded_again_stays_as_it_was", "test_of_calls_with_one_id_in_a_batch_the_first_counts"
)
class Overwrites(InMemoryUsageStore):
    """Replaces a call that is kept already."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await self.check()
        self._calls |= {call.id: call for call in calls}


@TWINS.fails("test_of_calls_with_one_id_in_a_batch_the_first_counts")
class KeepsTheLastOfABatch(InMemoryUsageStore):
    """Sorts a batch by id in a dict."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await super().record(list({call.id: call for call in calls}.values()))


@TWINS.fails("test_the_new_calls_beside_one_recorded_again_are_kept")
class LosesNewCallsBesideOldOnes(InMemoryUsageStore):
    """Leaves a whole batch out if it knows any of it."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        known = {call.id for call in self.calls}
        await super().record([] if known & {call.id for call in calls} else calls)


@TWINS.fails("test_the_oldest_calls_come_first", "test_no_more_than_the_limit_come_and_they_are_the_oldest")
class NewestFirst(InMemoryUsageStore):
    """Sorts downwards."""

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        calls = await super().oldest(before, len(self.calls))
        return tuple(sorted(calls, key=lambda call: call.started_at, reverse=True)[:limit])


@TWINS.fails("test_calls_of_one_moment_come_by_id")
class AsTheyCame(InMemoryUsageStore):
    """Sorts by moment only, so that pages may overlap."""

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        await self.check()
        calls = [call for call in self.calls if call.started_at < before]
        return tuple(sorted(calls, key=lambda call: call.started_at)[:limit])


@TWINS.fails("test_no_more_than_the_limit_come_and_they_are_the_oldest")
class IgnoresTheLimit(InMemoryUsageStore):
    """Returns all there are."""

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        return await super().oldest(before, limit + 1_000_000)


@TWINS.fails("test_no_more_than_the_limit_come_and_they_are_the_oldest")
class LimitsBeforeItSorts(InMemoryUsageStore):
    """Sorts the first few that it comes across."""

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        first = {call.id for call in self.calls[:limit]}
        return tuple(call for call in await super().oldest(before, 1_000_000) if call.id in first)


@TWINS.fails("test_a_call_at_the_very_moment_is_not_before_it")
class BeforeOrAt(InMemoryUsageStore):
    """Takes *before* for the last moment that counts."""

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        return await super().oldest(before + INSTANT, limit)


@TWINS.fails("test_before_may_stand_in_any_time_zone")
class ReadsTheWallClock(InMemoryUsageStore):
    """Takes what a clock on the wall shows for UTC."""

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        return await super().oldest(before.replace(tzinfo=dt.UTC), limit)


@TWINS.fails(
    "test_moments_come_back_with_a_time_zone",
    "test_a_recorded_call_is_kept_with_every_field",
    "test_moments_are_kept_to_the_microsecond",
)
class DropsTimeZones(InMemoryUsageStore):
    """Returns naive moments, as SQLite does."""

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        calls = await super().oldest(before, limit)
        return tuple(replace(call, started_at=call.started_at.replace(tzinfo=None)) for call in calls)
