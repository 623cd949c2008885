"""The wait at the end of a roll-out, against a real server."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qfa_core import __version__
from tests.acceptance.service import ROOT, free_port, running

SCRIPT = ROOT / ".github" / "scripts" / "wait_for_version.py"
NEW, OLD = "1.2.3+gabc", "1.2.2+gdef"


@dataclass(frozen=True)
class Instance:
    """What one of several instances behind an address says."""

    version: str = NEW
    lacks: str = ""
    health: int = 200
    page: bytes = b""


class Instances(BaseHTTPRequestHandler):
    """Answer as the next instance, and as the last one for ever; health and readiness are asked in turn."""

    instances: Sequence[Instance] = ()
    asked = 0

    def do_GET(self) -> None:
        cls = type(self)
        instance = cls.instances[min(cls.asked, len(cls.instances) - 1)]
        if self.path == "/v1/ready" or instance.health != 200 or instance.version != NEW:
            cls.asked += 1  # the script asks no more of an instance that is not alive, or an old one
        ready = self.path == "/v1/ready"
        state = "unavailable" if instance.lacks else "ok"
        body = {"version": instance.version, "status": state if ready else "ok"}
        if ready:
            dependency = {"name": instance.lacks or "llm", "state": state, "embedded": False}
            body |= {"dependencies": [dependency]}
        status = 503 if ready and instance.lacks else instance.health
        self.send_response(status)
        self.end_headers()
        self.wfile.write(instance.page or json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def behind_one_address(*instances: Instance) -> Iterator[str]:
    Instances.instances, Instances.asked = instances, 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Instances) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def wait(url: str, version: str = NEW, seconds: float = 30.0) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        SCRIPT,
        url,
        version,
        "--timeout-seconds",
        str(seconds),
        "--pause-seconds",
        "0.01",
    ]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_service_that_is_ready_as_the_version_is_waited_for_no_longer() -> None:
    with behind_one_address(Instance()) as url:
        ended = wait(f"{url}/")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert Instances.asked == 3


def test_an_old_instance_that_answers_in_between_starts_the_count_again() -> None:
    new, old = Instance(), Instance(version=OLD)
    with behind_one_address(old, new, new, old, new) as url:
        ended = wait(url)

    assert ended.returncode == 0
    assert Instances.asked == 7
    assert f"of version {OLD}" in ended.stdout


def test_one_that_comes_up_late_is_waited_for() -> None:
    down, lacking = Instance(health=502, page=b"<html>"), Instance(lacks="usage_store")
    with behind_one_address(down, down, lacking, Instance()) as url:
        ended = wait(url)

    assert ended.returncode == 0
    assert "/v1/health answers 502" in ended.stdout
    assert "/v1/ready answers 503, unavailable: usage_store" in ended.stdout


@pytest.mark.parametrize(
    ("instance", "issue"),
    [
        (Instance(version=OLD), f"/v1/health is of version {OLD}"),
        (Instance(lacks="key_stores"), "unavailable: key_stores"),
        (Instance(health=500), "/v1/health answers 500"),
        (Instance(page=b"[]"), "/v1/health is of version None"),
        (Instance(page=b"\xff<html>"), "/v1/health is of version None"),
    ],
)
def test_when_the_time_is_up_it_fails_and_says_what_was_last(instance: Instance, issue: str) -> None:
    with behind_one_address(instance) as url:
        ended = wait(url, seconds=0.2)

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert issue in ended.stderr
    assert "docs/operations/deployment.md" in ended.stderr


def test_nobody_at_the_address_is_a_failure_too() -> None:
    ended = wait(f"http://127.0.0.1:{free_port()}", seconds=0.1)

    assert ended.returncode == 1
    assert "/v1/health answers nothing" in ended.stderr


def test_no_version_at_all_is_nothing_to_wait_for() -> None:
    assert wait("http://127.0.0.1:1", version="").returncode == 2


def test_the_service_itself_says_what_is_waited_for(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        ended = wait(service.url, __version__)
        other = wait(service.url, NEW, seconds=0.1)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert other.returncode == 1
