"""What every usage store promises."""

from __future__ import annotations

import pytest

from qfa_core.contracts.calls import HOUR, NOON, a_call
from qfa_core.contracts.contract import needs, not_given
from qfa_core.contracts.usage_figures import UsageFiguresContract
from qfa_core.contracts.usage_keeping import UsageKeepingContract
from qfa_core.contracts.usage_totals import UsageTotalsContract
from qfa_core.errors import UsageStoreUnavailable
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import UsageQuery


class UsageStoreContract(UsageKeepingContract, UsageTotalsContract, UsageFiguresContract):
    """
    The promises of a UsageStore; *usage_store* is one without any calls.

    *unreachable_usage_store* is one that cannot be reached. A store of which there is none, such as one in
    memory, says `can_be_unreachable = False`.
    """

    can_be_unreachable = True

    @pytest.fixture
    def unreachable_usage_store(self) -> UsageStore:
        """Give a usage store that cannot be reached."""
        not_given("unreachable_usage_store", "can_be_unreachable")

    async def test_a_recorded_call_is_known_at_once(self, usage_store: UsageStore) -> None:
        """UsageStore.record: Once this returns, the other methods know the calls"""
        known = []
        for number, name in enumerate("abc", start=1):
            await usage_store.record([a_call(name)])
            (total,) = await usage_store.totals(UsageQuery())
            oldest = await usage_store.oldest(NOON + HOUR, 10)
            known.append((total.llm_calls.total_calls - number, len(oldest) - number))

        assert known == [(0, 0)] * 3
        assert await usage_store.forget(["c"]) == 1

    async def test_a_store_within_reach_passes_its_check(self, usage_store: UsageStore) -> None:
        """UsageStore.check: Raise UsageStoreUnavailable unless the store can be reached and used"""
        await usage_store.check()

    @needs("can_be_unreachable")
    async def test_a_store_out_of_reach_fails_its_check(self, unreachable_usage_store: UsageStore) -> None:
        """UsageStore.check: Raise UsageStoreUnavailable unless the store can be reached and used"""
        with pytest.raises(UsageStoreUnavailable):
            await unreachable_usage_store.check()

    @needs("can_be_unreachable")
    async def test_out_of_reach_recording_says_so(self, unreachable_usage_store: UsageStore) -> None:
        """UsageStore.record: UsageStoreUnavailable if the store cannot be reached"""
        with pytest.raises(UsageStoreUnavailable):
            await unreachable_usage_store.record([a_call("a")])

    @needs("can_be_unreachable")
    async def test_out_of_reach_totals_say_so(self, unreachable_usage_store: UsageStore) -> None:
        """UsageStore.totals: Raises UsageStoreUnavailable if the store cannot be reached"""
        with pytest.raises(UsageStoreUnavailable):
            await unreachable_usage_store.totals(UsageQuery())

    @needs("can_be_unreachable")
    async def test_out_of_reach_the_oldest_say_so(self, unreachable_usage_store: UsageStore) -> None:
        """UsageStore.oldest: Raises UsageStoreUnavailable if the store cannot be reached"""
        with pytest.raises(UsageStoreUnavailable):
            await unreachable_usage_store.oldest(NOON + HOUR, 10)

    @needs("can_be_unreachable")
    async def test_out_of_reach_forgetting_says_so(self, unreachable_usage_store: UsageStore) -> None:
        """UsageStore.forget: UsageStoreUnavailable if the store cannot be reached"""
        with pytest.raises(UsageStoreUnavailable):
            await unreachable_usage_store.forget(["a"])
