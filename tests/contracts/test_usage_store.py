"""The contract of usage stores, on ours."""

from __future__ import annotations

import pytest

from qfa_core.contracts import UsageStoreContract
from qfa_core.fakes import InMemoryUsageStore


class TestInMemoryUsageStore(UsageStoreContract):
    @pytest.fixture
    def usage_store(self) -> InMemoryUsageStore:
        return InMemoryUsageStore()

    @pytest.fixture
    def unreachable_usage_store(self) -> InMemoryUsageStore:
        store = InMemoryUsageStore()
        store.available = False
        return store
