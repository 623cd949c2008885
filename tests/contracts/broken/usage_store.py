"""Usage stores with one bug each."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import msgspec
import pytest

from qfa_core.contracts import UsageStoreContract
from qfa_core.fakes import InMemoryUsageStore
from qfa_core.usage import UsageQuery, UsageTotals
from tests.contracts.twins import Twins

CONTRACT = UsageStoreContract
TWINS = Twins()
INSTANT = dt.timedelta(microseconds=1)


class Suite(UsageStoreContract):
    """The contract on one twin."""

    twin: ClassVar[type[InMemoryUsageStore]]

    @pytest.fixture
    def usage_store(self) -> InMemoryUsageStore:
        return self.twin()

    @pytest.fixture
    def unreachable_usage_store(self) -> InMemoryUsageStore:
        store = self.twin()
        store.available = False
        return store


@TWINS.fails("test_a_call_at_since_counts")
class LateWindow(InMemoryUsageStore):
    """Takes *since* for the last moment that does not count."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        since = None if query.since is None else query.since + INSTANT
        return await super().totals(msgspec.structs.replace(query, since=since))


globals().update(TWINS.suites(Suite))
