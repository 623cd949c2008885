"""The service with a Key Vault: the real process, SDK and TLS; challenges are verified as in production."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.azure import Azure, soon
from tests.acceptance.service import KEY, SERVE, Service, environment, free_port, running
from tests.fakes.key_vault import CANARY
from tests.fakes.provider import FakeProvider
from tests.http.requests import ON_SAVING

LLM_KEY, NEWER_LLM_KEY = "canary-key-of-the-vault", "canary-newer-key-of-the-vault"
KENYA, NEPAL = "canary-api-key-of-kenya", "canary-api-key-of-nepal"
NO_KEYS = {"AUTH_API_KEYS": "", "DB_TRACK_USAGE": "false"}
DEFAULTS = {"LLM_MODEL": "azure/ours", **NO_KEYS}


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    with Azure(tmp_path).running() as azure:
        yield azure


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def filled(azure: Azure, provider: FakeProvider) -> Azure:
    """Return Azure with all three secrets in the vault."""
    azure.put_keys(kenya=KENYA, nepal=NEPAL)
    azure.vault.put("llm-api-key", LLM_KEY + "\n")
    azure.vault.put("llm-api-base", provider.url)
    return azure


def summarize(client: httpx.Client) -> int:
    return client.post("/v1/summarize", json=ON_SAVING).status_code


def state(service: Service) -> tuple[int, str]:
    """Return the status of /v1/ready, and what it says of the vault."""
    answer = httpx.get(f"{service.url}/v1/ready", trust_env=False)
    states = {part["name"]: part["state"] for part in answer.json()["dependencies"]}
    return answer.status_code, states["key_vault"]


def says_nothing_secret(service: Service, azure: Azure) -> bool:
    canaries = (CANARY, LLM_KEY, NEWER_LLM_KEY, KENYA, NEPAL, *azure.endpoint.tokens)
    return not any(canary in service.log() for canary in canaries)


def test_with_nothing_secret_in_the_environment_the_service_serves(
    filled: Azure, provider: FakeProvider, tmp_path: Path
) -> None:
    with running(tmp_path, **DEFAULTS, **filled.environment, QFA_PRODUCTION="true") as service:
        with service.client(KENYA) as kenya, service.client("unknown") as stranger:
            statuses = (summarize(kenya), summarize(stranger))
        ready = state(service)

    assert statuses == (200, 401)
    assert ready == (200, "ok")
    assert provider.requests[0].headers["api-key"] == LLM_KEY
    assert says_nothing_secret(service, filled)


def test_what_is_rotated_takes_effect_without_a_restart(
    filled: Azure, provider: FakeProvider, tmp_path: Path
) -> None:
    with (
        running(tmp_path, **DEFAULTS, **filled.environment) as service,
        FakeProvider() as elsewhere,
        service.client(KENYA) as kenya,
        service.client(NEPAL) as nepal,
    ):
        before = (summarize(kenya), summarize(nepal))
        filled.put_keys(kenya=KENYA)
        filled.vault.put("llm-api-key", NEWER_LLM_KEY)
        filled.vault.put("llm-api-base", elsewhere.url)
        removed = soon(lambda: summarize(nepal) == 401)
        asked_elsewhere = soon(lambda: summarize(kenya) == 200 and bool(elsewhere.requests))

    assert before == (200, 200)
    assert removed
    assert asked_elsewhere
    assert soon(lambda: elsewhere.requests[-1].headers["api-key"] == NEWER_LLM_KEY)
    assert says_nothing_secret(service, filled)


@pytest.mark.parametrize("trouble", ["silent", "limits", "malformed", "gone"])
def test_whatever_becomes_of_the_vault_the_last_good_values_serve_and_ready_says_so(
    filled: Azure, provider: FakeProvider, tmp_path: Path, trouble: str
) -> None:
    filled.vault.retry_after = "2"
    with running(tmp_path, **DEFAULTS, **filled.environment) as service, service.client(KENYA) as kenya:
        if trouble == "malformed":
            filled.vault.put("auth-api-keys", f'[{{"name": "{CANARY}"}}]')
        elif trouble == "gone":
            filled.vault.delete("auth-api-keys")
        else:
            filled.vault.manner = "silent" if trouble == "silent" else "limits"
        degraded = soon(lambda: state(service) == (200, "degraded"))
        status = summarize(kenya)
        filled.vault.manner = "normal"
        filled.put_keys(kenya=KENYA)
        recovered = soon(lambda: state(service) == (200, "ok"))
        log = service.log()

    assert degraded
    assert status == 200
    assert recovered
    assert "auth-api-keys" in log
    assert says_nothing_secret(service, filled)


def test_a_vault_that_is_down_at_the_start_is_done_without_and_taken_up_later(
    filled: Azure, provider: FakeProvider, tmp_path: Path
) -> None:
    filled.vault.manner = "limits"
    own = {"LLM_MODEL": "azure/ours", "LLM_API_KEY": "key-of-the-environment", "LLM_API_BASE": provider.url}
    with (
        running(tmp_path, **own, **filled.environment, DB_TRACK_USAGE="false") as service,
        service.client(KEY) as configured,
        service.client(KENYA) as kenya,
    ):
        at_first = (summarize(configured), summarize(kenya), *state(service))
        filled.vault.manner = "normal"
        let_in = soon(lambda: summarize(kenya) == 200)
        later = (summarize(configured), *state(service))

    assert at_first == (200, 401, 200, "degraded")
    assert let_in
    assert later == (200, 200, "ok")
    keys = [request.headers["api-key"] for request in provider.requests]
    assert (keys[0], keys[-1]) == ("key-of-the-environment", LLM_KEY)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (DEFAULTS, "LLM_API_KEY or the Key Vault's secret llm-api-key is needed"),
        (NO_KEYS, "AUTH_API_KEYS is not set, and the Key Vault's secret auth-api-keys is of no use"),
    ],
)
def test_without_any_source_of_keys_the_start_fails_and_says_why(
    filled: Azure, tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    filled.vault.manner = "refuses"
    ended = subprocess.run(
        [sys.executable, *SERVE, "--host", "127.0.0.1", "--port", str(free_port())],
        cwd=tmp_path,
        env=environment(tmp_path, **settings, **filled.environment),
        capture_output=True,
        text=True,
        timeout=60,
    )

    [line] = [line for line in ended.stderr.splitlines() if '"level":"error"' in line and "qfa.start" in line]
    assert ended.returncode != 0
    assert words in line
    assert "does not let this identity do that" in line
    assert "Traceback" not in ended.stderr


def test_what_the_vault_does_not_hold_the_environment_may_give(
    azure: Azure, provider: FakeProvider, tmp_path: Path
) -> None:
    azure.vault.put("llm-api-key", LLM_KEY)
    own = {"LLM_MODEL": "azure/ours", "LLM_API_KEY": "another", "LLM_API_BASE": provider.url}
    with (
        running(tmp_path, **own, **azure.environment, DB_TRACK_USAGE="false") as service,
        service.client(KEY) as configured,
    ):
        answer = (summarize(configured), *state(service))

    assert answer == (200, 200, "ok")
    assert provider.requests[0].headers["api-key"] == LLM_KEY
