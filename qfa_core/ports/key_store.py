"""The ports to where API keys and tenants are kept."""

from __future__ import annotations

from typing import Protocol

from qfa_core.tenancy import ApiKey, Tenant


class KeyStore(Protocol):
    """A place that knows API keys by their digest."""

    async def find(self, digest: str) -> ApiKey | None:
        """
        Return the key with *digest*, as it was kept, None if there is none.

        Only the whole digest of a secret finds its key, in one look-up, however many keys there are.
        Raises KeyStoreUnavailable if the store cannot be reached.
        """
        ...

    async def check(self) -> None:
        """Raise KeyStoreUnavailable unless the store can be reached and used."""
        ...


class KeyRegistry(KeyStore, Protocol):
    """A key store whose keys can be changed."""

    async def add(self, key: ApiKey, digest: str) -> None:
        """
        Keep *key* under *digest*, which changes no key that is kept; names need not differ.

        Raises NotFound if its tenant does not exist, Conflict if its id or digest is taken,
        KeyStoreUnavailable if the store cannot be reached.
        """
        ...

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        """
        Return the keys of one tenant, or of all, by tenant, name and id; () for a tenant that does not exist.

        Text comes in the order of its code points.
        Raises KeyStoreUnavailable if the store cannot be reached.
        """
        ...

    async def remove(self, key_id: str) -> None:
        """
        Forget a key and no other; its id and its digest are free again.

        Raises NotFound if there is none, KeyStoreUnavailable if the store cannot be reached.
        """
        ...


class TenantRegistry(Protocol):
    """A place that keeps tenants."""

    async def add(self, tenant: Tenant) -> None:
        """
        Keep *tenant*, so that it can have keys.

        Raises Conflict if its name or id is taken, KeyStoreUnavailable if the store cannot be reached.
        """
        ...

    async def find(self, tenant_id: str) -> Tenant | None:
        """
        Return a tenant, as it was kept, None if there is none.

        Raises KeyStoreUnavailable if the store cannot be reached.
        """
        ...

    async def tenants(self) -> tuple[Tenant, ...]:
        """
        Return all tenants by name, in the order of code points.

        Raises KeyStoreUnavailable if the store cannot be reached.
        """
        ...

    async def remove(self, tenant_id: str) -> None:
        """
        Forget a tenant and, in the same step, its keys; its usage stays, its id and its name are free again.

        Raises NotFound if there is none, KeyStoreUnavailable if the store cannot be reached.
        """
        ...
