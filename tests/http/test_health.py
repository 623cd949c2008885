"""Liveness, readiness and the reference."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from qfa_adapters.buffer.journal import UsageJournal
from qfa_adapters.buffer.pace import Pace
from qfa_adapters.buffer.usage_store import BufferedUsageStore
from qfa_core import __version__
from qfa_core.errors import UsageStoreUnavailable
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_http.container import Container
from tests.adapters.sql.calls import a_call

IDLE = Pace(linger_seconds=3600, journal_seconds=3600)


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
        "embedder": "ok",
        "key_vault": "not_configured",
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


async def test_readiness_tells_that_there_is_no_journal_where_there_is_none(
    anonymous: httpx.AsyncClient,
) -> None:
    response = await anonymous.get("/v1/ready")

    assert response.json()["usage"] == {
        "waiting": 0,
        "lost": 0,
        "journal": "not_configured",
        "journal_failures": 0,
    }


async def test_a_journal_that_fails_is_told_of_but_does_not_make_the_service_unready(
    anonymous: httpx.AsyncClient, container: Container, usage_store: InMemoryUsageStore, tmp_path: Path
) -> None:
    (tmp_path / "journal").touch()  # so that no folder can be made there
    journal = UsageJournal(tmp_path / "journal")
    async with BufferedUsageStore(usage_store, IDLE, journal=journal) as buffer:
        container.usage_store.override(buffer)
        await buffer.record([a_call(), a_call()])

        response = await anonymous.get("/v1/ready")

    assert response.status_code == 200
    assert response.json()["usage"] == {
        "waiting": 2,
        "lost": 0,
        "journal": "unavailable",
        "journal_failures": 0,
    }


async def test_the_reference_needs_no_internet(anonymous: httpx.AsyncClient) -> None:
    document = await anonymous.get("/openapi.json")
    page = await anonymous.get("/docs")

    assert document.json()["openapi"].startswith("3.1")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "src=" not in page.text
    assert "<link" not in page.text
