"""`qfa serve`: where it listens, and how it ends."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.acceptance.service import STOP_SECONDS, running
from tests.http.command_line import CommandLine

HOST = "127.0.0.1"


@pytest.fixture
def qfa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path, capsys)


def test_a_port_in_use_is_one_line(qfa: CommandLine) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]

        said = qfa("serve", "--host", HOST, "--port", str(port))

    assert said.status == 1
    assert said.err == f"qfa: cannot listen at {HOST}, port {port}: Address already in use\n"


def test_an_address_that_is_not_ours_is_one_line(qfa: CommandLine) -> None:
    said = qfa("serve", NETWORK_HOST="192.0.2.1")

    assert said.status == 1
    assert said.err.startswith("qfa: cannot listen at 192.0.2.1, port 8000: ")
    assert said.err.count("\n") == 1


def test_production_does_not_start_on_embedded_defaults(qfa: CommandLine, tmp_path: Path) -> None:
    said = qfa("serve", QFA_PRODUCTION="true")

    assert said.status == 1
    assert all(name in said.err for name in ("LLM_MODEL", "DB_URL", "AUTH_API_KEYS"))
    assert said.err.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_language_model_that_cannot_be_used_is_one_line_before_anything_listens(qfa: CommandLine) -> None:
    said = qfa("serve", LLM_MODEL="openai/some-model", WEB_CONCURRENCY="2")

    assert said.status == 1
    assert said.err == "qfa: LLM_API_KEY is needed for this provider\n"


def test_a_provider_without_an_address_is_told_once_that_it_needs_one(qfa: CommandLine) -> None:
    said = qfa("serve", LLM_MODEL="azure/some-deployment", LLM_API_KEY="key")

    assert said.err == "qfa: LLM_API_BASE is needed for this provider\n"


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end_and_that_is_no_failure(
    tmp_path: Path, end: signal.Signals, workers: str
) -> None:
    with running(tmp_path, WEB_CONCURRENCY=workers) as service:
        answer = httpx.get(f"{service.url}/v1/health", trust_env=False)
        service.process.send_signal(end)
        status = service.process.wait(STOP_SECONDS)

    assert answer.status_code == 200
    assert "server" not in answer.headers
    assert status == 0
