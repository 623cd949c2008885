"""Usage stores that forget wrongly, or hide that they are out of reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from qfa_core.errors import InvalidInput, NotFound, UsageStoreUnavailable
from qfa_core.fakes import InMemoryUsageStore
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall, UsageQuery, UsageTotals
from tests.contracts.broken._usage_keeping import is_hard
from tests.contracts.twins import Twins

TWINS = Twins()
MOST_VALUES = 32_766  # a statement of SQLite takes no more


@TWINS.fails("test_forgotten_calls_are_gone_and_the_others_stay")
class ForgetsEverything(InMemoryUsageStore):
    """Deletes without a condition."""

    async def forget(self, ids: Sequence[str]) -> int:
        forgotten = await super().forget(ids)
        self._calls.clear()
        return forgotten


@TWINS.fails(
    "test_forgotten_calls_are_gone_and_the_others_stay",
    "test_a_forgotten_call_may_be_recorded_anew",
    "test_calls_are_forgotten_all_or_none",
)
class ForgetsNothing(InMemoryUsageStore):
    """Never commits."""

    async def forget(self, ids: Sequence[str]) -> int:
        kept = dict(self._calls)
        forgotten = await super().forget(ids)
        self._calls = kept
        return forgotten


@TWINS.fails("test_forgetting_says_how_many_there_were", "test_any_number_of_calls_can_be_forgotten_at_once")
class SaysWhetherThereWereAny(InMemoryUsageStore):
    """Returns a truth value."""

    async def forget(self, ids: Sequence[str]) -> int:
        return await super().forget(ids) > 0


@TWINS.fails(
    "test_an_id_that_is_not_kept_is_no_error_and_not_counted",
    "test_an_id_that_is_named_twice_counts_once",
    "test_any_number_of_calls_can_be_forgotten_at_once",
)
class CountsTheIds(InMemoryUsageStore):
    """Returns how many calls it was told to forget."""

    async def forget(self, ids: Sequence[str]) -> int:
        await super().forget(ids)
        return len(ids)


@TWINS.fails("test_an_id_that_is_named_twice_counts_once")
class CountsAnIdTwice(InMemoryUsageStore):
    """Counts the ids that it knows before it deletes."""

    async def forget(self, ids: Sequence[str]) -> int:
        known = sum(name in self._calls for name in ids)
        await super().forget(ids)
        return known


@TWINS.fails(
    "test_an_id_that_is_not_kept_is_no_error_and_not_counted",
    "test_any_number_of_calls_can_be_forgotten_at_once",
    "test_what_can_be_no_id_is_invalid_input",
)
class MissesWhatIsGone(InMemoryUsageStore):
    """Raises NotFound for an id that is not kept."""

    async def forget(self, ids: Sequence[str]) -> int:
        await self.check()
        if set(ids) - self._calls.keys():
            raise NotFound
        return await super().forget(ids)


@TWINS.fails("test_a_forgotten_call_may_be_recorded_anew")
class LeavesTombstones(InMemoryUsageStore):
    """Never takes an id again."""

    def __init__(self) -> None:
        super().__init__()
        self._buried: set[str] = set()

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await super().record([call for call in calls if call.id not in self._buried])

    async def forget(self, ids: Sequence[str]) -> int:
        self._buried |= set(ids)
        return await super().forget(ids)


@TWINS.fails("test_any_number_of_calls_can_be_forgotten_at_once")
class ForgetsInOneStatement(InMemoryUsageStore):
    """Puts all ids into one statement, which takes so many and no more."""

    async def forget(self, ids: Sequence[str]) -> int:
        if len(ids) > MOST_VALUES:
            raise InvalidInput
        return await super().forget(ids)


@TWINS.fails("test_calls_are_forgotten_all_or_none")
class ForgetsHalf(InMemoryUsageStore):
    """Deletes call by call, without a transaction."""

    async def forget(self, ids: Sequence[str]) -> int:
        forgotten = 0
        for name in ids:
            if is_hard(name):
                raise InvalidInput
            forgotten += await super().forget([name])
        return forgotten + await super().forget([])


@TWINS.fails("test_what_can_be_no_id_is_invalid_input")
class BlamesTheNetworkForAnId(InMemoryUsageStore):
    """Takes an id that no call can have for an outage."""

    async def forget(self, ids: Sequence[str]) -> int:
        if any(map(is_hard, ids)):
            raise UsageStoreUnavailable
        return await super().forget(ids)


class Delegating(UsageStore):
    """A base for stores that hide an outage of the one below."""

    def __init__(self) -> None:
        self._store = InMemoryUsageStore()
        self.available = True

    async def record(self, calls: Sequence[LLMCall]) -> None:
        await self.check_in("record")
        await self._store.record(calls)

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        await self.check_in("totals")
        return await self._store.totals(query)

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        await self.check_in("oldest")
        return await self._store.oldest(before, limit)

    async def forget(self, ids: Sequence[str]) -> int:
        await self.check_in("forget")
        return await self._store.forget(ids)

    async def check(self) -> None:
        await self.check_in("check")

    async def check_in(self, method: str) -> None:
        """Raise what this store raises in *method* while it is out of reach."""
        if not self.available:
            raise UsageStoreUnavailable


@TWINS.fails("test_a_store_out_of_reach_fails_its_check")
class AlwaysFine(Delegating):
    """Passes every check."""

    async def check(self) -> None:
        pass


@TWINS.fails("test_a_store_within_reach_passes_its_check")
class NeverFine(Delegating):
    """Fails every check."""

    async def check(self) -> None:
        raise UsageStoreUnavailable


@TWINS.fails("test_out_of_reach_recording_says_so")
class LosesCallsInAnOutage(Delegating):
    """Drops what it cannot write."""

    async def check_in(self, method: str) -> None:
        if method != "record":
            await super().check_in(method)


@TWINS.fails("test_out_of_reach_totals_say_so")
class ReportsZerosInAnOutage(Delegating):
    """Answers as if there were no calls."""

    async def check_in(self, method: str) -> None:
        if method != "totals":
            await super().check_in(method)


@TWINS.fails("test_out_of_reach_the_oldest_say_so", "test_out_of_reach_forgetting_says_so")
class PrunesNothingInAnOutage(Delegating):
    """Takes an outage for an empty store while it is pruned."""

    async def check_in(self, method: str) -> None:
        if method not in ("oldest", "forget"):
            await super().check_in(method)


@TWINS.fails(
    "test_a_store_out_of_reach_fails_its_check",
    "test_out_of_reach_recording_says_so",
    "test_out_of_reach_totals_say_so",
    "test_out_of_reach_the_oldest_say_so",
    "test_out_of_reach_forgetting_says_so",
)
class LetsForeignErrorsThrough(Delegating):
    """Raises what its driver raises."""

    async def check_in(self, method: str) -> None:
        if not self.available:
            raise ConnectionRefusedError
