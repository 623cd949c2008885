"""The usage endpoints."""

from __future__ import annotations

import httpx
import pytest

from qfa_core.errors import UsageStoreUnavailable
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.usage import UsageQuery, UsageTotals
from qfa_http.container import Container
from tests.http.requests import ON_INSIGHT, ON_SAVING

USAGE_PATHS = ("/v1/usage", "/v1/usage/all/by-tenant", "/v1/usage/all/by-operation")


class AwayUsageStore(InMemoryUsageStore):
    """A store whose database does not answer."""

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        raise UsageStoreUnavailable


@pytest.mark.parametrize("path", USAGE_PATHS)
async def test_usage_needs_a_key(anonymous: httpx.AsyncClient, path: str) -> None:
    assert (await anonymous.get(path)).status_code == 401


@pytest.mark.parametrize("path", USAGE_PATHS[1:])
async def test_usage_of_all_tenants_needs_a_superuser(caller: httpx.AsyncClient, path: str) -> None:
    response = await caller.get(path)

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "forbidden"


async def test_a_tenant_sees_its_own_usage_only(
    caller: httpx.AsyncClient, neighbour: httpx.AsyncClient
) -> None:
    await caller.post("/v1/summarize", json=ON_SAVING)

    own, other = (await caller.get("/v1/usage")).json(), (await neighbour.get("/v1/usage")).json()

    assert (own["tenant_id"], own["total_calls"], own["llm_call_stats"]["total_calls"]) == ("kenya", 1, 2)
    assert [operation["operation"] for operation in own["operations"]] == ["summarize"]
    assert (other["tenant_id"], other["total_calls"], other["operations"]) == ("nepal", 0, [])


async def test_a_superuser_sees_tenants_and_operations(
    caller: httpx.AsyncClient, neighbour: httpx.AsyncClient, superuser: httpx.AsyncClient
) -> None:
    await neighbour.post("/v1/analyze-bulk", json=ON_INSIGHT)
    await caller.post("/v1/summarize", json=ON_SAVING)

    by_tenant = (await superuser.get("/v1/usage/all/by-tenant")).json()
    by_operation = (await superuser.get("/v1/usage/all/by-operation")).json()

    assert [tenant["tenant_id"] for tenant in by_tenant["tenants"]] == ["kenya", "nepal"]
    assert (by_tenant["total"]["tenant_id"], by_tenant["total"]["total_calls"]) == (None, 2)
    assert {operation["operation"] for operation in by_operation["operations"]} == {"analyze", "summarize"}
    assert by_operation["total"]["operation"] is None
    assert {tenant["tenant_id"] for tenant in by_operation["total"]["tenants"]} == {"kenya", "nepal"}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("from=2024-01-01T00:00:00", {"from"}),
        ("from=yesterday&to=2024-01-01", {"from", "to"}),
        ("from=2024-01-02T00:00:00Z&to=2024-01-02T00:00:00Z", {"to"}),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused(
    caller: httpx.AsyncClient, query: str, fields: set[str]
) -> None:
    response = await caller.get(f"/v1/usage?{query}")

    assert response.status_code == 422
    assert {fault["field"] for fault in response.json()["error"]["fields"]} == fields


async def test_a_window_is_echoed_and_kept_to(caller: httpx.AsyncClient) -> None:
    await caller.post("/v1/summarize", json=ON_SAVING)

    response = await caller.get("/v1/usage?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00%2B00:00")

    assert response.json()["total_calls"] == 0
    assert response.json()["from"].startswith("2020-01-01T00:00:00")
    assert response.json()["to"].startswith("2020-02-01T00:00:00")


async def test_usage_without_its_database_is_503(superuser: httpx.AsyncClient, container: Container) -> None:
    container.usage_store.override(AwayUsageStore())

    for path in USAGE_PATHS:
        response = await superuser.get(path)

        assert response.status_code == 503
        assert response.json()["error"]["code"] == "usage_backend_unavailable"
