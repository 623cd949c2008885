"""What every usage store promises of the calls that it keeps."""

from __future__ import annotations

from contextlib import suppress

import pytest

from qfa_core.contracts.calls import HOUR, INSTANT, KATHMANDU, NOON, a_call
from qfa_core.contracts.contract import Contract
from qfa_core.errors import InvalidInput, QFAError
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall

LATER = NOON + 100 * HOUR
# Each is beyond some store: text that UTF-8 cannot write, text that ends C's, a number of more than 64 bits.
HARD_TO_HOLD = {
    "surrogate": a_call("hard", model="\ud800"),
    "null": a_call("hard", model="\x00"),
    "huge": a_call("hard", duration_ms=2**63),
}
hard_to_hold = pytest.mark.parametrize("hard", HARD_TO_HOLD.values(), ids=HARD_TO_HOLD)


async def kept(store: UsageStore) -> tuple[LLMCall, ...]:
    """Return every call of a small store."""
    return await store.oldest(LATER, 1000)


async def ids_of_kept(store: UsageStore) -> list[str]:
    return [call.id for call in await kept(store)]


class UsageKeepingContract(Contract):
    """The part of UsageStoreContract that looks at single calls."""

    async def test_a_recorded_call_is_kept_with_every_field(self, usage_store: UsageStore) -> None:
        """UsageStore.record: Keep *calls* with every field"""
        full = a_call(
            "a", input_tokens=1, output_tokens=0, cost_usd=0.5, failure="LLMTimeout", operation="analyze"
        )
        sparse = a_call("b", tenant_id="Népal 🏔", model="")

        await usage_store.record([full, sparse])

        assert await kept(usage_store) == (full, sparse)

    async def test_moments_are_kept_to_the_microsecond(self, usage_store: UsageStore) -> None:
        """UsageStore.record: moments to the microsecond"""
        moment = NOON + 123_457 * INSTANT

        await usage_store.record([a_call("a", started_at=moment)])

        assert [call.started_at for call in await kept(usage_store)] == [moment]

    async def test_recording_nothing_is_no_error(self, usage_store: UsageStore) -> None:
        """UsageStore.record: Keep *calls*"""
        await usage_store.record([])

        assert await kept(usage_store) == ()

    @hard_to_hold
    async def test_a_batch_is_kept_whole_or_not_at_all(self, usage_store: UsageStore, hard: LLMCall) -> None:
        """UsageStore.record: all or none"""
        try:
            await usage_store.record([a_call("a"), hard, a_call("z")])
        except QFAError:
            assert await kept(usage_store) == ()
        else:
            assert await ids_of_kept(usage_store) == ["a", "hard", "z"]

    @hard_to_hold
    async def test_a_call_that_can_never_be_held_is_invalid_input(
        self, usage_store: UsageStore, hard: LLMCall
    ) -> None:
        """UsageStore.record: Raises InvalidInput if it can never hold one of them"""
        with suppress(InvalidInput):
            await usage_store.record([hard])

    async def test_a_call_recorded_again_counts_once(self, usage_store: UsageStore) -> None:
        """UsageStore.record: a batch may be recorded again"""
        batch = [a_call("a"), a_call("b")]
        await usage_store.record(batch)

        await usage_store.record(batch)

        assert await ids_of_kept(usage_store) == ["a", "b"]

    async def test_a_call_recorded_again_stays_as_it_was(self, usage_store: UsageStore) -> None:
        """UsageStore.record: A call whose id is already kept is left as it is"""
        await usage_store.record([a_call("a", duration_ms=10)])

        await usage_store.record([a_call("a", duration_ms=99)])

        assert {call.duration_ms for call in await kept(usage_store)} == {10}

    async def test_the_new_calls_beside_one_recorded_again_are_kept(self, usage_store: UsageStore) -> None:
        """UsageStore.record: A call whose id is already kept is left as it is"""
        await usage_store.record([a_call("b")])

        await usage_store.record([a_call("a"), a_call("b"), a_call("c")])

        assert {"a", "c"} <= set(await ids_of_kept(usage_store))

    async def test_of_calls_with_one_id_in_a_batch_the_first_counts(self, usage_store: UsageStore) -> None:
        """UsageStore.record: of calls with one id in a batch the first counts"""
        await usage_store.record([a_call("a", duration_ms=10), a_call("a", duration_ms=99)])

        assert [call.duration_ms for call in await kept(usage_store)] == [10]

    async def test_the_oldest_calls_come_first(self, usage_store: UsageStore) -> None:
        """UsageStore.oldest: the oldest first"""
        hours = {"a": 2, "b": 0, "c": 3, "d": 1}
        await usage_store.record([a_call(name, started_at=NOON + at * HOUR) for name, at in hours.items()])

        assert await ids_of_kept(usage_store) == ["b", "d", "a", "c"]

    async def test_calls_of_one_moment_come_by_id(self, usage_store: UsageStore) -> None:
        """UsageStore.oldest: Calls that started at one moment come by id"""
        await usage_store.record([a_call("c"), a_call("a"), a_call("d"), a_call("b")])

        assert await ids_of_kept(usage_store) == ["a", "b", "c", "d"]

    async def test_no_more_than_the_limit_come_and_they_are_the_oldest(self, usage_store: UsageStore) -> None:
        """UsageStore.oldest: at most *limit* of them"""
        await usage_store.record([a_call(f"{at}", started_at=NOON - at * HOUR) for at in range(5)])

        oldest = await usage_store.oldest(LATER, 2)

        assert {call.id for call in oldest} == {"3", "4"}

    async def test_a_call_at_the_very_moment_is_not_before_it(self, usage_store: UsageStore) -> None:
        """UsageStore.oldest: the calls that started before *before*"""
        await usage_store.record([a_call("a", started_at=NOON - INSTANT), a_call("b", started_at=NOON)])

        assert [call.id for call in await usage_store.oldest(NOON, 10)] == ["a"]

    async def test_before_may_stand_in_any_time_zone(self, usage_store: UsageStore) -> None:
        """UsageStore.oldest: the calls that started before *before*"""
        await usage_store.record([a_call("a", started_at=NOON - HOUR), a_call("b", started_at=NOON + HOUR)])

        oldest = await usage_store.oldest(NOON.astimezone(KATHMANDU), 10)

        assert [call.id for call in oldest] == ["a"]

    async def test_moments_come_back_with_a_time_zone(self, usage_store: UsageStore) -> None:
        """UsageStore.oldest: Moments have a time zone"""
        await usage_store.record([a_call("a")])

        (call,) = await kept(usage_store)

        assert call.started_at.utcoffset() is not None

    async def test_forgotten_calls_are_gone_and_the_others_stay(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: Delete the calls with these *ids*"""
        await usage_store.record([a_call(name) for name in "abcd"])

        await usage_store.forget(["a", "c"])

        assert await ids_of_kept(usage_store) == ["b", "d"]

    async def test_forgetting_says_how_many_there_were(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: return how many there were"""
        await usage_store.record([a_call("a"), a_call("b"), a_call("c")])

        assert await usage_store.forget(["a", "b"]) == 2

    async def test_an_id_that_is_not_kept_is_no_error_and_not_counted(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: An id that is not kept, or named twice, is no error"""
        await usage_store.record([a_call("a")])

        assert await usage_store.forget(["unknown"]) == 0
        assert await usage_store.forget([]) == 0

    async def test_an_id_that_is_named_twice_counts_once(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: An id that is not kept, or named twice, is no error"""
        await usage_store.record([a_call("a")])

        assert await usage_store.forget(["a", "a"]) == 1

    async def test_a_forgotten_call_may_be_recorded_anew(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: A forgotten call may be recorded anew"""
        await usage_store.record([a_call("a", duration_ms=10)])
        await usage_store.forget(["a"])

        await usage_store.record([a_call("a", duration_ms=99)])

        assert [call.duration_ms for call in await kept(usage_store)] == [99]

    async def test_any_number_of_calls_can_be_forgotten_at_once(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: any number"""
        await usage_store.record([a_call("many-0"), a_call("many-69999")])

        assert await usage_store.forget([f"many-{number}" for number in range(70_000)]) == 2

    async def test_calls_are_forgotten_all_or_none(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: all or none"""
        await usage_store.record([a_call("a")])
        others = [f"unknown-{number}" for number in range(10_000)]
        try:
            await usage_store.forget(["a", *others, "\ud800"])
        except QFAError:
            assert await ids_of_kept(usage_store) == ["a"]
        else:
            assert await kept(usage_store) == ()

    async def test_what_can_be_no_id_is_invalid_input(self, usage_store: UsageStore) -> None:
        """UsageStore.forget: Raises InvalidInput if one of them can be no id of a call"""
        with suppress(InvalidInput):
            await usage_store.forget(["\ud800", "\x00"])
