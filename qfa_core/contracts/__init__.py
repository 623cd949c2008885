"""
Contract suites: one pytest class a port, which an adapter's author runs against the adapter.

    class TestRedisUsageStore(UsageStoreContract):
        @pytest.fixture
        async def usage_store(self, redis):
            yield RedisUsageStore(redis)

        @pytest.fixture
        def unreachable_usage_store(self):
            return RedisUsageStore(nowhere)

*Fixtures* are named after the port and give a fresh, empty adapter; what else a class needs, its docstring
says. Tests and async fixtures run on anyio's pytest plugin, with no configuration.
*Capabilities* are class attributes: who says `can_be_unreachable = False` skips the tests that need it.
*Overriding* a test without `pytest.mark.xfail(reason=…)` is a TypeError when the class is made.
*Promises*: each test's docstring quotes, word for word, what it checks: `UsageStore.record: all or none`.
"""

from pkgutil import iter_modules

import pytest

# First of all, so that a failing assert of these modules shows its values.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in iter_modules(__path__)))

from qfa_core.contracts.contract import Contract, needs
from qfa_core.contracts.usage_store import UsageStoreContract

__all__ = [
    "Contract",
    "UsageStoreContract",
    "needs",
]
