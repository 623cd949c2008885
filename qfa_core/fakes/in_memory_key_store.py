"""Stores of tenants and their keys that keep everything in a dict."""

from __future__ import annotations

from qfa_core.errors import Conflict, KeyStoreUnavailable, NotFound
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.tenancy import ApiKey, Tenant


class InMemoryKeyStore(KeyRegistry):
    """
    Keep keys in memory, for the tenants that an InMemoryTenantStore made on top of this one knows.

    Set *available* to False to see what happens while the database is away.

    >>> keys = InMemoryKeyStore()
    >>> tenants = InMemoryTenantStore(keys)
    """

    def __init__(self) -> None:
        self._tenant_ids: set[str] = set()
        self._by_digest: dict[str, ApiKey] = {}
        self.available = True

    async def find(self, digest: str) -> ApiKey | None:
        await self.check()
        return self._by_digest.get(digest)

    async def add(self, key: ApiKey, digest: str) -> None:
        await self.check()
        if key.tenant_id not in self._tenant_ids:
            raise NotFound
        if digest in self._by_digest or key.id in self._ids():
            raise Conflict
        self._by_digest[digest] = key

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        await self.check()
        keys = [key for key in self._by_digest.values() if tenant_id in (None, key.tenant_id)]
        return tuple(sorted(keys, key=lambda key: (key.tenant_id, key.name, key.id)))

    async def remove(self, key_id: str) -> None:
        await self.check()
        if key_id not in self._ids():
            raise NotFound
        self._by_digest = {digest: key for digest, key in self._by_digest.items() if key.id != key_id}

    async def check(self) -> None:
        if not self.available:
            raise KeyStoreUnavailable

    def admit(self, tenant_id: str) -> None:
        """Allow keys of a tenant from now on."""
        self._tenant_ids.add(tenant_id)

    def dismiss(self, tenant_id: str) -> None:
        """Forget a tenant's keys, and refuse new ones."""
        self._tenant_ids.discard(tenant_id)
        self._by_digest = {
            digest: key for digest, key in self._by_digest.items() if key.tenant_id != tenant_id
        }

    def _ids(self) -> set[str]:
        return {key.id for key in self._by_digest.values()}


class InMemoryTenantStore(TenantRegistry):
    """Keep tenants in memory; *keys* follow what happens to their tenants, and share their outages."""

    def __init__(self, keys: InMemoryKeyStore) -> None:
        self._keys = keys
        self._tenants: dict[str, Tenant] = {}

    async def add(self, tenant: Tenant) -> None:
        await self._keys.check()
        if any(tenant.id == other.id or tenant.name == other.name for other in self._tenants.values()):
            raise Conflict
        self._tenants[tenant.id] = tenant
        self._keys.admit(tenant.id)

    async def find(self, tenant_id: str) -> Tenant | None:
        await self._keys.check()
        return self._tenants.get(tenant_id)

    async def tenants(self) -> tuple[Tenant, ...]:
        await self._keys.check()
        return tuple(sorted(self._tenants.values(), key=lambda tenant: tenant.name))

    async def remove(self, tenant_id: str) -> None:
        await self._keys.check()
        if tenant_id not in self._tenants:
            raise NotFound
        del self._tenants[tenant_id]
        self._keys.dismiss(tenant_id)
