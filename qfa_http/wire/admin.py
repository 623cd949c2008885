"""`/v1/admin/tenants` and `/v1/admin/keys`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from qfa_core import tenancy

# PostgreSQL takes no NUL in a text, and a name with control characters cannot be told from another.
Name = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]


class CreateTenantRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant to add."""

    tenant_name: Name
    allows_superusers: Annotated[bool, Meta(description="Whether superuser keys may belong to it.")] = False


class CreateTenantResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant that was added."""

    tenant_id: str


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation or team whose usage is accounted for by itself."""

    tenant_id: str
    name: str
    allows_superusers: bool

    @classmethod
    def from_core(cls, tenant: tenancy.Tenant) -> Tenant:
        """Return *tenant* as it goes out."""
        return cls(tenant_id=tenant.id, name=tenant.name, allows_superusers=tenant.allows_superusers)


class TenantsResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All tenants."""

    tenants: tuple[Tenant, ...]

    @classmethod
    def from_core(cls, tenants: Iterable[tenancy.Tenant]) -> TenantsResponse:
        """Return *tenants* as they go out, in their order."""
        return cls(tenants=tuple(map(Tenant.from_core, tenants)))


class CreateKeyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An API key to add."""

    key_name: Name
    tenant_id: Name
    is_superuser: bool = False


class CreateKeyResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The key that was added."""

    key_id: str
    api_key: Annotated[str, Meta(description="The secret; it is shown here and never again.")]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key without its secret."""

    key_id: str
    name: str
    tenant_id: str
    is_superuser: bool

    @classmethod
    def from_core(cls, key: tenancy.ApiKey) -> Key:
        """Return *key* as it goes out."""
        return cls(key_id=key.id, name=key.name, tenant_id=key.tenant_id, is_superuser=key.is_superuser)


class KeysResponse(msgspec.Struct, frozen=True, kw_only=True):
    """API keys without their secrets."""

    auth_keys: tuple[Key, ...]

    @classmethod
    def from_core(cls, keys: Iterable[tenancy.ApiKey]) -> KeysResponse:
        """Return *keys* as they go out, in their order."""
        return cls(auth_keys=tuple(map(Key.from_core, keys)))
