"""How the real process starts, refuses to start, is hung up on, and ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

import httpx
import pytest

from tests.acceptance.service import SERVE, SUPERUSER_KEY, UVICORN, environment, model_at, running
from tests.fakes.provider import FakeProvider
from tests.http.requests import ON_INSIGHT, ON_SAVING

CANARY = "canary-value-of-a-setting"


def test_a_caller_that_hangs_up_ends_its_llm_calls(tmp_path: Path) -> None:
    hanging = FakeProvider(lambda request: "hang")
    with hanging as provider, running(tmp_path, **model_at(provider.url)) as service:
        with service.client() as client, pytest.raises(httpx.ReadTimeout):
            client.post("/v1/analyze-bulk", json=ON_INSIGHT, timeout=1.0)
        [call] = provider.wait_for_requests(1)

        assert call.finished.wait(5)
        assert call.hung_up
        assert len(provider.requests) == 1


@pytest.mark.parametrize("way", [SERVE, UVICORN], ids=["serve", "uvicorn"])
def test_sigterm_lets_a_request_finish_and_keeps_its_usage(tmp_path: Path, way: tuple[str, ...]) -> None:
    ended = _stopped_while_asked(tmp_path, way, "slow")

    assert ended.status == 0
    assert ended.answer.status_code == 200
    assert ended.usage["llm_call_stats"]["total_calls"] == 2


def test_a_request_that_outlasts_the_grace_period_is_answered_and_its_usage_is_kept(tmp_path: Path) -> None:
    impatient = (*UVICORN, "--timeout-graceful-shutdown", "1")

    ended = _stopped_while_asked(tmp_path, impatient, "hang")

    error = ended.answer.json()["error"]
    assert ended.status == 0
    assert (ended.answer.status_code, error["code"]) == (504, "analysis_timeout")
    assert error["request_id"] == ended.answer.headers["X-Request-ID"]
    assert ended.usage["llm_call_stats"]["failed_calls"] == 1
    assert "ASGI" not in ended.log


class _Ended(NamedTuple):
    status: int
    answer: httpx.Response
    usage: dict[str, Any]
    log: str


def _stopped_while_asked(folder: Path, way: tuple[str, ...], behaviour: str) -> _Ended:
    """Stop a service while its provider behaves so; return what came of it, and the usage read later."""
    answers: Queue[httpx.Response] = Queue()
    with FakeProvider(lambda request: behaviour) as provider:
        settings = model_at(provider.url)
        with running(folder, way, **settings) as service, service.client() as client:
            asking = threading.Thread(
                target=lambda: answers.put(client.post("/v1/summarize", json=ON_SAVING))
            )
            asking.start()
            provider.wait_for_requests(1)
            status = service.stop()
            asking.join()
        with running(folder, **settings) as later, later.client() as client:
            usage = client.get("/v1/usage").json()
    return _Ended(status, answers.get_nowait(), usage, service.log())


def test_the_first_start_shows_a_superusers_key_once(tmp_path: Path) -> None:
    with running(tmp_path, AUTH_API_KEYS="") as service:
        [key] = [word for word in service.log().split() if word.startswith("qfa_")]
        with service.client(key) as client:
            status = client.get("/v1/usage/all/by-tenant").status_code
        service.stop()
    with running(tmp_path, AUTH_API_KEYS="") as service:
        second_log = service.log()
        with service.client(key) as client:
            status_later = client.get("/v1/usage/all/by-tenant").status_code

    assert (status, status_later) == (200, 200)
    assert "qfa_" not in second_log


def test_without_tracking_no_database_is_touched(tmp_path: Path) -> None:
    with running(tmp_path, DB_TRACK_USAGE="false") as service, service.client(SUPERUSER_KEY) as client:
        analysis = client.post("/v1/summarize", json=ON_SAVING)
        closed = [client.get(path) for path in ("/v1/usage", "/v1/admin/tenants", "/v1/admin/keys")]
        ready = client.get("/v1/ready")

    assert analysis.status_code == 200
    assert {(r.status_code, r.json()["error"]["code"]) for r in closed} == {
        (503, "usage_backend_unavailable")
    }
    assert ready.status_code == 200
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"QFA_PRODUCTION": "true", "AUTH_API_KEYS": ""}, ("LLM_MODEL", "DB_URL", "AUTH_API_KEYS")),
        ({"QFA_PRODUCTION": "true"}, ("LLM_MODEL", "DB_URL")),
        ({"LLM_TIMEOUT_SECONDS": CANARY}, ("LLM_TIMEOUT_SECONDS",)),
        ({"AUTH_API_KEYS": CANARY}, ("AUTH_API_KEYS",)),
        ({"LLM_MODEL": f"nobody/{CANARY}"}, ("LLM_MODEL",)),
        ({"LLM_MODEL": "openai/gpt-4o"}, ("LLM_API_KEY",)),
        ({"LLM_API_KEY": CANARY}, ("LLM_MODEL",)),
        ({"LLM_MODEL": "azure/gpt-4o"}, ("LLM_API_KEY", "LLM_API_BASE")),
        ({"LLM_PRICES_FILE": "/nowhere/prices.json"}, ("LLM_PRICES_FILE",)),
        ({"DB_TRACK_USAGE": "false", "AUTH_API_KEYS": ""}, ("AUTH_API_KEYS",)),
        ({"LLM_API_KEY": f"@Microsoft.KeyVault(SecretUri={CANARY})"}, ("LLM_API_KEY",)),
    ],
)
@pytest.mark.parametrize("way", [("qfa_http.cli", "serve"), ("uvicorn", "qfa_http.main:app", "--port", "0")])
def test_a_setting_at_fault_stops_the_start_with_one_line(
    tmp_path: Path, way: tuple[str, ...], variables: dict[str, str], named: tuple[str, ...]
) -> None:
    command = [sys.executable, "-m", *way]
    environ = environment(tmp_path, **variables)

    ended = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=30)

    assert ended.returncode != 0
    assert ended.stderr.startswith("qfa: ")
    assert ended.stderr.count("\n") == 1
    assert all(name in ended.stderr for name in named)
    assert CANARY not in ended.stderr + ended.stdout


@pytest.mark.parametrize("way", [SERVE, (*UVICORN, "--port", "0")], ids=["serve", "uvicorn"])
def test_a_data_folder_that_cannot_be_made_stops_the_start_and_is_named(
    tmp_path: Path, way: tuple[str, ...]
) -> None:
    (tmp_path / "file").touch()
    environ = environment(tmp_path, QFA_DATA_DIR=str(tmp_path / "file" / CANARY))

    ended = subprocess.run(
        [sys.executable, *way], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=30
    )

    assert ended.returncode != 0
    assert "QFA_DATA_DIR wants a folder" in ended.stderr
    assert CANARY not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr
