"""The endpoints that change tenants and keys."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, RawBody

from qfa_core.use_cases.manage_keys import ManageKeys
from qfa_http.wire.admin import (
    CreateKeyRequest,
    CreateKeyResponse,
    CreateTenantRequest,
    CreateTenantResponse,
    KeysResponse,
    TenantsResponse,
)
from qfa_http.wire.decoding import decode


@post("/v1/admin/tenants", status_code=201)
async def create_tenant(body: RawBody, manage_keys: NamedDependency[ManageKeys]) -> CreateTenantResponse:
    """Add a tenant."""
    request = decode(body, CreateTenantRequest)
    tenant = await manage_keys.add_tenant(request.tenant_name, allows_superusers=request.allows_superusers)
    return CreateTenantResponse(tenant_id=tenant.id)


@get("/v1/admin/tenants")
async def list_tenants(manage_keys: NamedDependency[ManageKeys]) -> TenantsResponse:
    """List all tenants."""
    return TenantsResponse.from_core(await manage_keys.tenants())


@delete("/v1/admin/tenants/{tenant_id:str}")
async def delete_tenant(tenant_id: FromPath[str], manage_keys: NamedDependency[ManageKeys]) -> None:
    """Remove a tenant, and its keys with it."""
    await manage_keys.remove_tenant(tenant_id)


@post("/v1/admin/keys", status_code=201)
async def create_key(body: RawBody, manage_keys: NamedDependency[ManageKeys]) -> CreateKeyResponse:
    """Add a key; its secret is shown this once."""
    request = decode(body, CreateKeyRequest)
    made = await manage_keys.add_key(request.key_name, request.tenant_id, is_superuser=request.is_superuser)
    return CreateKeyResponse(key_id=made.key.id, api_key=made.secret.reveal())


@get("/v1/admin/keys")
async def list_keys(
    manage_keys: NamedDependency[ManageKeys], tenant_id: FromQuery[str | None] = None
) -> KeysResponse:
    """List keys, of one tenant or of all, without secrets."""
    return KeysResponse.from_core(await manage_keys.keys(tenant_id or None))


@delete("/v1/admin/keys/{key_id:str}")
async def delete_key(key_id: FromPath[str], manage_keys: NamedDependency[ManageKeys]) -> None:
    """Remove a key; it is refused from now on."""
    await manage_keys.remove_key(key_id)


SUPERUSER_HANDLERS = (create_tenant, list_tenants, delete_tenant, create_key, list_keys, delete_key)
