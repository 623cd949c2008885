"""The real process on a free port, as an operator would start it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import msgspec
import psutil

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0
STOP_SECONDS = 40.0

KEY = "canary-key-of-a-caller"
SUPERUSER_KEY = "canary-key-of-a-superuser"
LLM_KEY = "canary-key-of-the-model"
TENANT = "tenant-of-the-caller"


class Service(msgspec.Struct):
    """A running service, and the file that all its output goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    def client(self, key: str = KEY, **more: object) -> httpx.Client:
        """Return a caller with *key*."""
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def log(self) -> str:
        """Return what the service has written so far."""
        return self.log_file.read_text()

    def stop(self) -> int:
        """Send SIGTERM, wait for the end, and return the status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return an environment with a data folder below *folder*, keys for two callers, and *variables*."""
    keys = [
        {"name": "caller", "key": KEY, "tenant_id": TENANT},
        {"name": "root", "key": SUPERUSER_KEY, "tenant_id": "root", "is_superuser": True},
    ]
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "QFA_DATA_DIR": str(folder / "data"),
        "AUTH_API_KEYS": json.dumps(keys),
        "LOG_LOGLEVEL": "debug",
        **variables,
    }


def model_at(url: str, model: str = "openai/gpt-4o-mini") -> dict[str, str]:
    """Return the settings of a language model at *url*."""
    return {"LLM_MODEL": model, "LLM_API_BASE": url, "LLM_API_KEY": LLM_KEY}


SERVE = ("-m", "qfa_http.cli", "serve")
UVICORN = ("-m", "uvicorn", "qfa_http.main:app")


@contextmanager
def running(folder: Path, way: Sequence[str] = SERVE, **variables: str) -> Iterator[Service]:
    """Start the service in some *way* and wait until it is healthy; kill it in the end if it still runs."""
    port = free_port()
    log_file = folder / f"service-{port}.log"
    environ = environment(folder, **variables)
    with log_file.open("wb") as log:
        command = [sys.executable, *way, "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    service = Service(url=f"http://127.0.0.1:{port}", process=process, log_file=log_file)
    try:
        _wait_until_healthy(service)
        yield service
    finally:
        if process.poll() is None:
            kill_all(process.pid)
        process.wait()


def kill_all(process_id: int) -> None:
    """Kill a process and its children at once, as the end of a container does."""
    parent = psutil.Process(process_id)
    for doomed in (parent, *parent.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            doomed.kill()


def free_port() -> int:
    """Return a port at 127.0.0.1 that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_until_healthy(service: Service) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and service.process.poll() is None:
        try:
            httpx.get(f"{service.url}/v1/health", timeout=1, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)  # polling a process: nothing else tells when it listens
            continue
        return
    raise AssertionError(f"the service did not start:\n{service.log()}")
