"""Stores of a deployment that keeps neither usage, nor tenants, nor keys (`DB_TRACK_USAGE=false`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from qfa_core.errors import KeyStoreUnavailable, UsageStoreUnavailable
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.ports.usage_store import UsageStore
from qfa_core.tenancy import ApiKey, Tenant
from qfa_core.usage import LLMCall, UsageQuery, UsageTotals


class AbsentUsageStore(UsageStore):
    """Keep nothing, and say so to whoever asks for usage."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        pass

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        raise UsageStoreUnavailable

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        raise UsageStoreUnavailable

    async def forget(self, ids: Sequence[str]) -> int:
        raise UsageStoreUnavailable

    async def check(self) -> None:
        raise UsageStoreUnavailable


class AbsentKeyRegistry(KeyRegistry):
    """Know no key, and refuse to keep one."""

    async def find(self, digest: str) -> ApiKey | None:
        return None

    async def add(self, key: ApiKey, digest: str) -> None:
        raise KeyStoreUnavailable

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        raise KeyStoreUnavailable

    async def remove(self, key_id: str) -> None:
        raise KeyStoreUnavailable

    async def check(self) -> None:
        """Do nothing: to know no key is all that is asked of it."""


class AbsentTenantRegistry(TenantRegistry):
    """Know no tenant, and refuse to keep one."""

    async def add(self, tenant: Tenant) -> None:
        raise KeyStoreUnavailable

    async def find(self, tenant_id: str) -> Tenant | None:
        raise KeyStoreUnavailable

    async def tenants(self) -> tuple[Tenant, ...]:
        raise KeyStoreUnavailable

    async def remove(self, tenant_id: str) -> None:
        raise KeyStoreUnavailable
