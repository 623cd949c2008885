"""The servers that `benchmarks.http` compares: those that stand at a URL, and those it starts itself."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import psutil

from benchmarks.http_load import Ask
from tests.acceptance.service import KEY, SERVE, environment, free_port, kill_all, model_at, running

START_SECONDS = 60.0
_POLL_SECONDS = 0.002


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A server of the HTTP contract; *process_ids* are () where its processes run elsewhere."""

    label: str
    url: str
    key: str
    process_ids: tuple[int, ...] = ()

    def written_out(self, ask: Ask) -> bytes:
        """Return the bytes of *ask* as they are sent to this server."""
        return ask.written_out(self.url, self.key)

    def cpu_seconds(self) -> float | None:
        """Return what its processes have worked so far, None where that cannot be seen."""
        if not self.process_ids:
            return None
        return sum(sum(process.cpu_times()[:2]) for process in self._processes())

    def resident_mb(self) -> float | None:
        """Return the memory that its processes hold; pages that they share count in each."""
        if not self.process_ids:
            return None
        return sum(process.memory_info().rss for process in self._processes()) / 2**20

    def _processes(self) -> Iterator[psutil.Process]:
        for process_id in self.process_ids:
            with suppress(psutil.NoSuchProcess):
                yield psutil.Process(process_id)


def standing_at(label: str, url: str, key: str) -> Candidate:
    """Return the server at *url*, with its processes if it listens on this machine and is ours to look at."""
    return Candidate(label=label, url=url, key=key, process_ids=_listening_at(url))


@contextmanager
def started(label: str, provider: str, *, workers: int = 1, **variables: str) -> Iterator[Candidate]:
    """Start the service with so many workers, asking the language model at *provider*; end it in the end."""
    settings = {"LOG_LOGLEVEL": "info", "LOG_FORMAT": "json", "WEB_CONCURRENCY": f"{workers}"}
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), **settings, **model_at(provider), **variables) as service,
    ):
        if workers > 1:
            _wait_for_all(service.process.pid, workers)
        process_ids = _family(service.process.pid)
        yield Candidate(label=label, url=service.url, key=KEY, process_ids=process_ids)


def cold_start_seconds(provider: str, ask: Ask) -> tuple[float, float]:
    """
    Start `qfa serve` on an empty data folder; return the seconds to the first health and to the first *ask*.

    Both count from the start of the process. Raises TimeoutError where it does not come up.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as log:
        environ = environment(Path(folder), LOG_LOGLEVEL="info", **model_at(provider))
        command = (sys.executable, *SERVE, "--host", "127.0.0.1", "--port", f"{port}")
        began = time.perf_counter()
        with subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log) as process:  # noqa: S603 - our own
            try:
                while not _is_answered(port, Ask(name="health", path="/v1/health")):
                    if time.perf_counter() - began > START_SECONDS:
                        raise TimeoutError("the service did not start")
                    time.sleep(_POLL_SECONDS)  # polling a process: nothing else tells when it listens
                healthy = time.perf_counter() - began
                if not _is_answered(port, ask):
                    raise ConnectionError(f"the first {ask.name} was not answered")
                return healthy, time.perf_counter() - began
            finally:
                kill_all(process.pid)


def _is_answered(port: int, ask: Ask) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    with suppress(OSError), closing(connection):
        connection.request("POST" if ask.body else "GET", ask.path, ask.body or None, headers)
        response = connection.getresponse()
        response.read()
        return response.status == ask.status
    return False


def _wait_for_all(process_id: int, workers: int) -> None:
    """Wait until every worker has begun to serve: the first answers long before the last."""
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        children = psutil.Process(process_id).children(recursive=True)
        before = [sum(child.cpu_times()[:2]) for child in children]
        time.sleep(0.5)  # whoever does nothing for so long has started
        after = [sum(child.cpu_times()[:2]) for child in children]
        if len(children) >= workers and before == after:
            return
    raise TimeoutError("the workers did not start")


def _listening_at(url: str) -> tuple[int, ...]:
    address = urlsplit(url)
    if address.hostname not in ("127.0.0.1", "localhost", "::1"):
        return ()
    with suppress(psutil.AccessDenied):
        found: set[int] = set()
        for connection in psutil.net_connections("tcp"):
            is_listening = connection.status == psutil.CONN_LISTEN and connection.laddr.port == address.port
            if is_listening and connection.pid is not None:
                found.update(_family(connection.pid))
        return tuple(sorted(found))
    return ()


def _family(process_id: int) -> tuple[int, ...]:
    children: Sequence[psutil.Process] = psutil.Process(process_id).children(recursive=True)
    return (process_id, *(child.pid for child in children))
