"""Usage stores with one bug each."""

from __future__ import annotations

from typing import ClassVar

import pytest

from qfa_core.contracts import UsageStoreContract
from qfa_core.fakes import InMemoryUsageStore
from tests.contracts.broken import _usage_figures, _usage_forgetting, _usage_keeping, _usage_totals
from tests.contracts.twins import Twins

CONTRACT = UsageStoreContract
TWINS = Twins([*_usage_keeping.TWINS, *_usage_forgetting.TWINS, *_usage_totals.TWINS, *_usage_figures.TWINS])


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


globals().update(TWINS.suites(Suite))
