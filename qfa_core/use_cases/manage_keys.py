"""Make, list and remove tenants and their API keys."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from qfa_core.errors import Forbidden, NotFound
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey, Tenant, digest_of
from qfa_core.use_cases.authenticate import KnownKeys


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key just made, with the secret that is shown once and kept nowhere."""

    key: ApiKey
    secret: Secret


class ManageKeys:
    """
    Change tenants and keys; what is removed is refused at once by this process.

    *new_id* makes ids, *new_secret* keys of 256 random bits.
    Each call raises KeyStoreUnavailable if the store cannot be reached.
    """

    def __init__(
        self,
        keys: KeyRegistry,
        tenants: TenantRegistry,
        known: KnownKeys,
        *,
        new_id: Callable[[], str],
        new_secret: Callable[[], str],
    ) -> None:
        self._keys = keys
        self._tenants = tenants
        self._known = known
        self._new_id = new_id
        self._new_secret = new_secret

    async def add_tenant(self, name: str, *, allows_superusers: bool = False) -> Tenant:
        """Make a tenant. Raises Conflict if the name is taken."""
        tenant = Tenant(id=self._new_id(), name=name, allows_superusers=allows_superusers)
        await self._tenants.add(tenant)
        return tenant

    async def tenants(self) -> tuple[Tenant, ...]:
        """Return all tenants by name."""
        return await self._tenants.tenants()

    async def remove_tenant(self, tenant_id: str) -> None:
        """Remove a tenant with its keys; its usage stays. Raises NotFound."""
        await self._tenants.remove(tenant_id)
        self._known.forget(tenant_id=tenant_id)

    async def add_key(self, name: str, tenant_id: str, *, is_superuser: bool = False) -> NewKey:
        """Make a key. Raises NotFound for an unknown tenant, Forbidden if it allows no superusers."""
        tenant = await self._tenants.find(tenant_id)
        if tenant is None:
            raise NotFound("There is no such tenant.")
        if is_superuser and not tenant.allows_superusers:
            raise Forbidden("This tenant allows no superuser keys.")
        key = ApiKey(id=self._new_id(), name=name, tenant_id=tenant_id, is_superuser=is_superuser)
        secret = self._new_secret()
        await self._keys.add(key, digest_of(secret))
        return NewKey(key=key, secret=Secret(secret))

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        """Return the keys of one tenant or of all, without secrets."""
        return await self._keys.keys(tenant_id)

    async def remove_key(self, key_id: str) -> None:
        """Remove a key. Raises NotFound."""
        await self._keys.remove(key_id)
        self._known.forget(key_id=key_id)
