"""Liveness, readiness and the reference."""

from __future__ import annotations

import httpx
import pytest

from qfa_core import __version__
from qfa_core.errors import UsageStoreUnavailable
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_http.container import Container


class AwayUsageStore(InMemoryUsageStore):
    """A store whose database does not answer."""

    async def check(self) -> None:
        raise UsageStoreUnavailable


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "nonsense"}, {"Accept": "x/y", "Content-Type": "?"}, {"X-Request-ID": "mine"}],
)
async def test_health_is_told_whatever_headers_come_along(
    anonymous: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await anonymous.get("/v1/health", headers=headers)

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": __version__}
    assert response.headers["X-Request-ID"] != "mine"


async def test_readiness_names_every_dependency(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/v1/ready")

    states = {part["name"]: part["state"] for part in response.json()["dependencies"]}
    assert response.status_code == 200
    assert states == {
        "usage_store": "ok",
        "key_stores": "ok",
        "llm": "ok",
        "anonymizer": "ok",
        "embedder": "not_configured",
    }


async def test_readiness_is_503_without_the_usage_store(
    anonymous: httpx.AsyncClient, container: Container
) -> None:
    container.usage_store.override(AwayUsageStore())

    response = await anonymous.get("/v1/ready")

    assert response.status_code == 503
    assert {"name": "usage_store", "state": "unavailable"}.items() <= response.json()["dependencies"][
        0
    ].items()


async def test_the_reference_needs_no_internet(anonymous: httpx.AsyncClient) -> None:
    document = await anonymous.get("/openapi.json")
    page = await anonymous.get("/docs")

    assert document.json()["openapi"].startswith("3.1")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "src=" not in page.text
    assert "<link" not in page.text
