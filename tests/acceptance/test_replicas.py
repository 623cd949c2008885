"""Several replicas on one PostgreSQL: keys that are removed, and a database that goes away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.acceptance.load import ONE_CALL
from tests.acceptance.service import SERVE, SUPERUSER_KEY, UVICORN, Service, running
from tests.fakes.postgres import PostgresServer
from tests.http.requests import ON_SAVING

REFUSED_WITHIN_SECONDS = 1.0


class Replicas(NamedTuple):
    """Two services on one database."""

    server: PostgresServer
    one: Service
    other: Service


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[Replicas]:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    with (
        PostgresServer() as server,
        running(folders[0], DB_URL=server.url()) as one,
        running(folders[1], DB_URL=server.url()) as other,
    ):
        yield Replicas(server, one, other)


def new_key(service: Service, tenant: str = "kenya") -> tuple[str, str, str]:
    """Make a tenant and a key of it; return the tenant's id, the key's id, and the key."""
    with service.client(SUPERUSER_KEY) as root:
        tenant_id = root.post("/v1/admin/tenants", json={"tenant_name": tenant}).json()["tenant_id"]
        made = root.post("/v1/admin/keys", json={"tenant_id": tenant_id, "key_name": "crm"}).json()
    return tenant_id, made["key_id"], made["api_key"]


def asked(service: Service, key: str) -> httpx.Response:
    with service.client(key) as client:
        return client.post("/v1/detect-sensitive", json=ONE_CALL)


def until(condition: Callable[[], bool], seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "the condition never came true"
        time.sleep(0.01)  # another process: nothing else tells


@pytest.mark.parametrize("what", ["key", "tenant"])
def test_a_key_removed_on_one_replica_is_refused_by_all_within_a_second(
    replicas: Replicas, what: str
) -> None:
    tenant_id, key_id, key = new_key(replicas.one)
    both = (replicas.one, replicas.other)
    let_in = [asked(service, key).status_code for service in both]
    with replicas.one.client(SUPERUSER_KEY) as root:
        path = f"/v1/admin/keys/{key_id}" if what == "key" else f"/v1/admin/tenants/{tenant_id}"
        removed = root.delete(path).status_code

    until(lambda: {asked(service, key).status_code for service in both} == {401}, REFUSED_WITHIN_SECONDS)
    assert (let_in, removed) == ([200, 200], 204)


def test_a_key_removed_by_hand_in_the_database_is_refused_within_a_second(replicas: Replicas) -> None:
    _, key_id, key = new_key(replicas.one)
    let_in = asked(replicas.other, key).status_code
    replicas.server.execute(f"DELETE FROM api_keys WHERE id = '{key_id}'")

    until(lambda: asked(replicas.other, key).status_code == 401, REFUSED_WITHIN_SECONDS)
    assert let_in == 200


def test_while_the_database_is_away_known_keys_and_those_of_the_environment_serve_quickly(
    replicas: Replicas,
) -> None:
    _, _, key = new_key(replicas.one)
    _, _, never_used = new_key(replicas.one, "nepal")
    asked(replicas.one, key)
    replicas.server.stop()
    time.sleep(6)  # past the seconds for which a key is not looked up at all
    answers = []
    for _ in range(10):
        started = time.monotonic()
        answers.append((asked(replicas.one, key).status_code, time.monotonic() - started))
    with replicas.one.client() as of_environment:
        by_environment = of_environment.post("/v1/detect-sensitive", json=ONE_CALL)
        usage = of_environment.get("/v1/usage")
    unknown = asked(replicas.one, never_used)
    replicas.server.start()

    assert [status for status, _ in answers] == [200] * 10
    assert sorted(seconds for _, seconds in answers)[-2] < 0.5
    assert by_environment.status_code == 200
    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in (usage, unknown)} == {
        (503, "usage_backend_unavailable")
    }
    until(lambda: asked(replicas.one, never_used).status_code == 200, 15)


@pytest.mark.parametrize("way", [SERVE, UVICORN], ids=["serve", "uvicorn"])
def test_a_service_that_starts_without_its_database_serves_and_finds_it_later(
    tmp_path: Path, way: tuple[str, ...]
) -> None:
    with PostgresServer() as server:
        with running(tmp_path, DB_URL=server.url()):
            pass  # brings the database up to date
        server.stop()
        with running(tmp_path, way, DB_URL=server.url()) as service, service.client() as client:
            analysis = client.post("/v1/summarize", json=ON_SAVING)
            usage = client.get("/v1/usage")
            ready = client.get("/v1/ready")
            server.start()
            until(lambda: client.get("/v1/ready").status_code == 200, 15)
            until(lambda: client.get("/v1/usage").json()["llm_call_stats"]["total_calls"] == 2, 15)

    assert (analysis.status_code, usage.status_code, ready.status_code) == (200, 503, 503)


def test_a_restart_of_the_database_is_survived(replicas: Replicas) -> None:
    with replicas.one.client() as client:
        before = client.get("/v1/usage").status_code
        replicas.server.kill()
        replicas.server.start()

        assert (before, client.get("/v1/usage").status_code) == (200, 200)
