"""Every endpoint of the real process, on every kind of provider."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.service import KEY, LLM_KEY, SUPERUSER_KEY, TENANT, Service, model_at, running
from tests.fakes.provider import FakeProvider
from tests.http.requests import FOR_EACH_ANALYSIS, ON_SAVING

MODELS = (
    "azure/my-deployment",
    "azure_ai/mistral-large",
    "openai/gpt-4o-mini",
    "litellm_proxy/anything",
    "mistral/mistral-large-latest",
    "ollama/llama3.1",
    "anthropic/claude-sonnet-4-5",
)


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture(scope="module", params=MODELS)
def service(
    request: pytest.FixtureRequest, provider: FakeProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    with running(folder, **model_at(provider.url, request.param)) as service:
        yield service


@pytest.mark.parametrize(("path", "body"), FOR_EACH_ANALYSIS.items())
def test_every_analysis_is_answered_by_a_real_provider_format(
    service: Service, path: str, body: dict[str, Any]
) -> None:
    with service.client() as client:
        response = client.post(path, json=body)

    assert response.status_code == 200, response.text


def test_usage_counts_requests_and_calls_with_their_tokens(service: Service) -> None:
    with service.client() as client:
        before = client.get("/v1/usage").json()
        client.post("/v1/summarize", json=ON_SAVING)
        after = client.get("/v1/usage").json()

    assert after["total_calls"] == before["total_calls"] + 1
    assert after["llm_call_stats"]["total_calls"] == before["llm_call_stats"]["total_calls"] + 2
    assert after["input_tokens"]["total"] == before["input_tokens"]["total"] + 2000
    assert after["tenant_id"] == TENANT


def test_keys_and_tenants_can_be_managed(service: Service) -> None:
    with service.client(SUPERUSER_KEY) as root:
        tenant_id = root.post("/v1/admin/tenants", json={"tenant_name": "Mali"}).json()["tenant_id"]
        made = root.post("/v1/admin/keys", json={"key_name": "crm", "tenant_id": tenant_id}).json()
        with service.client(made["api_key"]) as new:
            before = new.get("/v1/usage").status_code
            removed = root.delete(f"/v1/admin/tenants/{tenant_id}").status_code
            after = new.get("/v1/usage").status_code

    assert (before, removed, after) == (200, 204, 401)


def test_all_other_endpoints_answer(service: Service) -> None:
    with service.client(SUPERUSER_KEY) as root:
        paths = ("/v1/health", "/v1/ready", "/docs", "/openapi.json", "/v1/admin/keys")
        statuses = {path: root.get(path).status_code for path in paths}
        views = {root.get(f"/v1/usage/all/{view}").status_code for view in ("by-tenant", "by-operation")}

    assert set(statuses.values()) | views == {200}


def test_the_key_goes_to_the_provider_and_the_tenant_with_it(
    service: Service, provider: FakeProvider
) -> None:
    with service.client() as client:
        client.post("/v1/detect-sensitive", json=ON_SAVING)

    sent = provider.requests[-1]
    assert any(LLM_KEY in value for value in sent.headers.values())
    user = sent.body.get("user") or sent.body.get("metadata", {}).get("user_id")
    assert user == (None if sent.body["model"].startswith("mistral") else TENANT)


@pytest.mark.parametrize("framing", ["Content-Length: 9999999999", "Transfer-Encoding: chunked"])
def test_a_body_over_the_limit_is_refused_before_it_is_sent_whole(
    provider: FakeProvider, tmp_path: Path, framing: str
) -> None:
    head = f"POST /v1/summarize HTTP/1.1\r\nHost: qfa\r\nAuthorization: Bearer {KEY}\r\n{framing}\r\n\r\n"
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    with running(tmp_path, HTTP_MAX_BODY_BYTES="200000", **model_at(provider.url)) as service:
        address = (httpx.URL(service.url).host, httpx.URL(service.url).port or 0)
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(head.encode() + 4 * chunk)
            answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 413 ")
