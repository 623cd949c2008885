"""
Contract suites: one pytest class a port, which an adapter's author runs against the adapter.

    class TestRedisUsageStore(UsageStoreContract):
        @pytest.fixture
        async def usage_store(self, redis):
            yield RedisUsageStore(redis)

        @pytest.fixture
        def unreachable_usage_store(self):
            return RedisUsageStore(nowhere)

*Fixtures* are named after the port and give a fresh adapter, a store empty unless the class's docstring says
otherwise; that also says what else the class needs. Tests and async fixtures run on anyio's pytest plugin,
with no configuration.
*Capabilities* are class attributes: who says `can_be_unreachable = False` skips the tests that need it.
*Overriding* a test without `pytest.mark.xfail(reason=…)` is a TypeError when the class is made.
*Promises*: each test's docstring quotes, word for word, what it checks: `UsageStore.record: all or none`.
"""

from pkgutil import iter_modules

import pytest

# First of all, so that a failing assert of these modules shows its values.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in iter_modules(__path__)))

from qfa_core.contracts.anonymizer import AnonymizerContract
from qfa_core.contracts.clusterer import ClustererContract
from qfa_core.contracts.contract import Contract, needs
from qfa_core.contracts.embedder import EmbedderContract
from qfa_core.contracts.key_registry import KeyRegistryContract
from qfa_core.contracts.key_store import KeyStoreContract
from qfa_core.contracts.llm_backend import Attempt, LLMBackend
from qfa_core.contracts.llm_client import LLMClientContract
from qfa_core.contracts.tenant_registry import TenantRegistryContract
from qfa_core.contracts.usage_store import UsageStoreContract

__all__ = [
    "AnonymizerContract",
    "Attempt",
    "ClustererContract",
    "Contract",
    "EmbedderContract",
    "KeyRegistryContract",
    "KeyStoreContract",
    "LLMBackend",
    "LLMClientContract",
    "TenantRegistryContract",
    "UsageStoreContract",
    "needs",
]
