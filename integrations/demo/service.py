"""Start the real service as a process of its own, and stop it again."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

HOST = "127.0.0.1"
_START_SECONDS = 60.0
_STOP_SECONDS = 35.0  # the service finishes what runs for up to 30 s
_PAUSE_SECONDS = 0.05
_SETTING_PREFIXES = (
    "ANALYZE_",
    "APPLICATIONINSIGHTS_",
    "AUTH_",
    "DB_",
    "EMBEDDING_",
    "HTTP_MAX_BODY_BYTES",
    "KEYVAULT_",
    "LLM_",
    "LOG_",
    "NETWORK_",
    "PRIVACY_",
    "QFA_",
)


class DemoFailed(Exception):
    """The demonstration cannot go on; `str()` of it is one line for the person who watches."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Where the started service is, and a key that it knows."""

    url: str
    api_key: str


@contextmanager
def running_service(environment: Mapping[str, str] = os.environ) -> Iterator[Service]:
    """
    Run the service on its embedded defaults and a free port; stop it with SIGTERM, whatever happens.

    Nothing is left behind: its data live in a temporary folder. A language model that
    *environment* names (LLM_MODEL) is used; no other setting of QFA gets through.
    Raises DemoFailed if it does not start.
    """
    service = Service(url=f"http://{HOST}:{_free_port()}", api_key=secrets.token_urlsafe(32))
    with tempfile.TemporaryDirectory(prefix="qfa-demo-") as folder:
        log = Path(folder) / "service.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "qfa_http.cli", "serve"],
                env=_settings_for(service, folder, environment),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_healthy(service, process, log)
            yield service
        finally:
            _stop(process)


def _settings_for(service: Service, folder: str, environment: Mapping[str, str]) -> dict[str, str]:
    keeps_llm = bool(environment.get("LLM_MODEL"))
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_SETTING_PREFIXES) or (keeps_llm and name.startswith("LLM_"))
    }
    key = {"name": "demo", "key": service.api_key, "tenant_id": "demo", "is_superuser": True}
    return kept | {
        "NETWORK_HOST": HOST,
        "NETWORK_PORT": service.url.rpartition(":")[2],
        "QFA_DATA_DIR": folder,
        "AUTH_API_KEYS": json.dumps([key]),
        "LOG_FORMAT": "text",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(service: Service, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DemoFailed(f"the service did not start: {_last_line(log)}")
        if _is_healthy(service):
            return
        time.sleep(_PAUSE_SECONDS)
    raise DemoFailed(f"the service was not healthy after {_START_SECONDS:.0f} seconds")


def _is_healthy(service: Service) -> bool:
    try:
        return httpx.get(f"{service.url}/v1/health", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
