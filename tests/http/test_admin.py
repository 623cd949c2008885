"""The endpoints that change tenants and keys."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from qfa_adapters.absent.stores import AbsentKeyRegistry, AbsentTenantRegistry
from qfa_http.container import Container
from tests.http.requests import ON_SAVING

CALLS: list[tuple[str, str, Any]] = [
    ("POST", "/v1/admin/tenants", {"tenant_name": "t"}),
    ("GET", "/v1/admin/tenants", None),
    ("DELETE", "/v1/admin/tenants/x", None),
    ("POST", "/v1/admin/keys", {"key_name": "k", "tenant_id": "x"}),
    ("GET", "/v1/admin/keys", None),
    ("DELETE", "/v1/admin/keys/x", None),
]
each_call = pytest.mark.parametrize(("method", "path", "body"), CALLS)


async def _tenant(superuser: httpx.AsyncClient, name: str, **more: Any) -> str:
    response = await superuser.post("/v1/admin/tenants", json={"tenant_name": name, **more})
    assert response.status_code == 201
    tenant_id: str = response.json()["tenant_id"]
    return tenant_id


async def _key(superuser: httpx.AsyncClient, tenant_id: str, **more: Any) -> httpx.Response:
    body = {"key_name": "crm", "tenant_id": tenant_id, **more}
    return await superuser.post("/v1/admin/keys", json=body)


@each_call
async def test_administration_needs_a_key(
    anonymous: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    assert (await anonymous.request(method, path, json=body)).status_code == 401


@each_call
async def test_administration_needs_a_superuser(
    caller: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    assert (await caller.request(method, path, json=body)).status_code == 403


@each_call
async def test_administration_without_its_database_is_503(
    superuser: httpx.AsyncClient, container: Container, method: str, path: str, body: Any
) -> None:
    container.key_registry.override(AbsentKeyRegistry())
    container.tenant_registry.override(AbsentTenantRegistry())

    response = await superuser.request(method, path, json=body)

    assert response.status_code == 503
    assert response.json()["error"]["code"] == "usage_backend_unavailable"


async def test_a_new_key_opens_the_door_until_it_is_removed(
    superuser: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    made = await _key(superuser, await _tenant(superuser, "Uganda"))
    headers = {"Authorization": f"Bearer {made.json()['api_key']}"}

    before = await anonymous.post("/v1/summarize", json=ON_SAVING, headers=headers)
    removed = await superuser.delete(f"/v1/admin/keys/{made.json()['key_id']}")
    after = await anonymous.post("/v1/summarize", json=ON_SAVING, headers=headers)

    assert (made.status_code, removed.status_code, removed.content) == (201, 204, b"")
    assert (before.status_code, after.status_code) == (200, 401)


async def test_lists_show_everything_but_secrets(superuser: httpx.AsyncClient) -> None:
    tenant_id = await _tenant(superuser, "Uganda", allows_superusers=True)
    made = await _key(superuser, tenant_id, is_superuser=True)

    tenants = await superuser.get("/v1/admin/tenants")
    keys = await superuser.get("/v1/admin/keys", params={"tenant_id": tenant_id})
    others = await superuser.get("/v1/admin/keys", params={"tenant_id": "another"})

    expected_tenant = {"tenant_id": tenant_id, "name": "Uganda", "allows_superusers": True}
    assert tenants.json() == {"tenants": [expected_tenant]}
    key_id = made.json()["key_id"]
    expected_key = {"key_id": key_id, "name": "crm", "tenant_id": tenant_id, "is_superuser": True}
    assert keys.json() == {"auth_keys": [expected_key]}
    assert others.json() == {"auth_keys": []}


async def test_a_tenants_keys_go_with_it(superuser: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    tenant_id = await _tenant(superuser, "Uganda")
    headers = {"Authorization": f"Bearer {(await _key(superuser, tenant_id)).json()['api_key']}"}
    assert (await anonymous.get("/v1/usage", headers=headers)).status_code == 200

    removed = await superuser.delete(f"/v1/admin/tenants/{tenant_id}")

    assert removed.status_code == 204
    assert (await anonymous.get("/v1/usage", headers=headers)).status_code == 401


async def test_a_tenant_may_allow_no_superusers(superuser: httpx.AsyncClient) -> None:
    response = await _key(superuser, await _tenant(superuser, "Uganda"), is_superuser=True)

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "forbidden"


async def test_a_taken_name_is_a_conflict_and_a_missing_thing_is_not_found(
    superuser: httpx.AsyncClient,
) -> None:
    await _tenant(superuser, "Uganda")

    again = await superuser.post("/v1/admin/tenants", json={"tenant_name": "Uganda"})
    missing = [
        await _key(superuser, "nobody"),
        await superuser.delete("/v1/admin/keys/nothing"),
        await superuser.delete("/v1/admin/tenants/nobody"),
    ]

    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
    assert {(r.status_code, r.json()["error"]["code"]) for r in missing} == {(404, "not_found")}


@pytest.mark.parametrize("name", ["", "x" * 256, 7, None])
async def test_a_tenant_needs_a_name_of_1_to_255_characters(superuser: httpx.AsyncClient, name: Any) -> None:
    response = await superuser.post("/v1/admin/tenants", json={"tenant_name": name})

    assert response.status_code == 422
    assert [fault["field"] for fault in response.json()["error"]["fields"]] == ["tenant_name"]
