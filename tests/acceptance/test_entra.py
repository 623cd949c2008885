"""The service behind a managed identity: a real PostgreSQL over TLS whose password is the latest token."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.acceptance.service import Service, running
from tests.fakes.identity import MODEL_RESOURCE, IdentityEndpoint, Manner
from tests.fakes.postgres import PostgresServer
from tests.fakes.provider import FakeProvider
from tests.fakes.tls_relay import TLSRelay
from tests.http.requests import ON_SAVING
from tests.migrations.migrating import end_of, start_migrating

ROLE, DATABASE = "qfa-app", "qfa"
QUICKLY_SECONDS = 4.0


class Azure:
    """A database, the relay that speaks TLS for it, and the identity endpoint."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        server.execute(f'CREATE ROLE "{ROLE}" LOGIN')
        server.execute(f'CREATE DATABASE "{DATABASE}" OWNER "{ROLE}"')
        self.relay = TLSRelay(server.port)
        self.endpoint = IdentityEndpoint(
            lambda token: server.execute(f"ALTER ROLE \"{ROLE}\" PASSWORD '{token}'")
        )

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DB_HOST": "localhost",
            "DB_PORT": str(self.relay.port),
            "DB_NAME": DATABASE,
            "DB_USER": ROLE,
            "DB_AUTH_MODE": "entra",
            **self.endpoint.environment,
        }

    def drop_connections(self) -> None:
        """End every connection of the service, so that it needs new ones, and tokens for them."""
        self.server.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'"
        )


@pytest.fixture
def azure() -> Iterator[Azure]:
    with PostgresServer() as server:
        azure = Azure(server)
        with azure.relay, azure.endpoint:
            yield azure


@contextmanager
def serving(azure: Azure, folder: Path) -> Iterator[tuple[Service, httpx.Client]]:
    with running(folder, **azure.settings) as service, service.client() as client:
        yield service, client
    log = service.log()
    assert not any(token in log for token in azure.endpoint.tokens)


def test_traffic_goes_on_while_tokens_change(azure: Azure, tmp_path: Path) -> None:
    azure.endpoint.lifetime_seconds = 120.5  # half a second before the next one is fetched
    statuses = []
    with serving(azure, tmp_path) as (_, client):
        until = time.monotonic() + 4
        while time.monotonic() < until:
            statuses += [client.post("/v1/summarize", json=ON_SAVING).status_code]
            statuses += [client.get("/v1/usage").status_code]
            azure.drop_connections()

    assert set(statuses) == {200}
    assert len(azure.endpoint.tokens) > 3
    assert azure.relay.refused == 0


@pytest.mark.parametrize("manner", ["fails", "silent"])
def test_without_tokens_analyses_go_on_the_rest_is_503_quickly_and_recovers_by_itself(
    azure: Azure, tmp_path: Path, manner: Manner
) -> None:
    azure.endpoint.lifetime_seconds = 121
    with serving(azure, tmp_path) as (_, client):
        client.get("/v1/usage")
        azure.endpoint.manner = manner
        azure.server.execute(f"ALTER ROLE \"{ROLE}\" PASSWORD 'another'")
        azure.drop_connections()
        outcomes = []
        for _ in range(3):
            started = time.monotonic()
            outcomes.append((client.get("/v1/usage").status_code, time.monotonic() - started))
        started = time.monotonic()
        analysis = client.post("/v1/summarize", json=ON_SAVING)
        analysis_seconds = time.monotonic() - started
        azure.endpoint.manner = "normal"
        give_up_at = time.monotonic() + 30
        while client.get("/v1/usage").status_code != 200:
            assert time.monotonic() < give_up_at

    assert [status for status, _ in outcomes] == [503] * 3
    assert max(seconds for _, seconds in outcomes) < QUICKLY_SECONDS
    assert analysis.status_code == 200
    assert analysis_seconds < 1


def test_migrating_logs_in_by_token_as_well(azure: Azure, tmp_path: Path) -> None:
    ended = end_of(start_migrating(tmp_path, **azure.settings))

    assert ended == ("", "", 0)
    assert azure.server.execute("SELECT count(*) FROM llm_calls", DATABASE) == [(0,)]


def test_an_address_that_forgoes_tls_stops_the_start(tmp_path: Path) -> None:
    url = f"postgresql://{ROLE}@localhost/{DATABASE}?sslmode=prefer"
    ended = end_of(start_migrating(tmp_path, DB_URL=url, DB_AUTH_MODE="entra"))

    assert ended.status == 1
    assert ended.errors.startswith("qfa: DB_URL wants an sslmode that insists on TLS")


def test_the_model_is_asked_by_token_and_no_key_is_anywhere(tmp_path: Path) -> None:
    with (
        IdentityEndpoint() as endpoint,
        FakeProvider() as provider,
        running(tmp_path, **asking_by_token(provider), **endpoint.environment) as service,
        service.client() as client,
    ):
        answer = client.post("/v1/summarize", json=ON_SAVING)
        log = service.log()

    headers = provider.requests[0].headers
    assert answer.status_code == 200
    assert headers["authorization"] == f"Bearer {endpoint.tokens[0]}"
    assert "api-key" not in headers
    assert set(endpoint.resources) == {MODEL_RESOURCE}
    assert len(endpoint.tokens) == 1
    assert endpoint.tokens[0] not in log


def test_a_token_that_the_model_refuses_is_replaced_at_the_next_call(tmp_path: Path) -> None:
    with (
        IdentityEndpoint() as endpoint,
        FakeProvider() as provider,
        running(tmp_path, **asking_by_token(provider), **endpoint.environment) as service,
        service.client() as client,
    ):
        provider.queue("401")
        statuses = [client.post("/v1/summarize", json=ON_SAVING).status_code for _ in range(2)]

    assert statuses == [502, 200]
    sent = [request.headers["authorization"] for request in provider.requests[:2]]
    assert sent == [f"Bearer {token}" for token in endpoint.tokens]


def test_without_tokens_the_model_is_unavailable_and_recovers_by_itself(tmp_path: Path) -> None:
    with (
        IdentityEndpoint() as endpoint,
        FakeProvider() as provider,
        running(tmp_path, **asking_by_token(provider), **endpoint.environment) as service,
        service.client() as client,
    ):
        endpoint.manner = "fails"
        refused = client.post("/v1/summarize", json=ON_SAVING)
        asked_meanwhile = list(provider.requests)
        endpoint.manner = "normal"
        give_up_at = time.monotonic() + 30
        while client.post("/v1/summarize", json=ON_SAVING).status_code != 200:
            assert time.monotonic() < give_up_at

    assert (refused.status_code, refused.json()["error"]["code"]) == (502, "llm_error")
    assert asked_meanwhile == []


def asking_by_token(provider: FakeProvider) -> dict[str, str]:
    """Return the settings of a model that is asked with tokens, on the embedded store."""
    return {"LLM_MODEL": "azure/ours", "LLM_API_BASE": provider.url, "LLM_AUTH_MODE": "entra"}
