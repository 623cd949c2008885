"""`qfa serve`: where it listens, and how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.http.command_line import PROGRAM, CommandLine, environment_of_a_process

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


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end_and_that_is_no_failure(
    tmp_path: Path, end: signal.Signals, workers: str
) -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    environ = {**environment_of_a_process(tmp_path), "WEB_CONCURRENCY": workers}
    command = [*PROGRAM, "serve", "--host", HOST, "--port", str(port)]

    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stderr is not None
        started = any("startup complete" in line for line in process.stderr)
        with urllib.request.urlopen(f"http://{HOST}:{port}/v1/health", timeout=10) as answer:
            status, headers = answer.status, answer.headers
        process.send_signal(end)
        process.stderr.read()

    assert started
    assert status == 200
    assert "server" not in headers
    assert process.returncode == 0
