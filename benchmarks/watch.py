"""Watch a service from outside while it works: whether it still answers, how much memory it holds."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import psutil

from tests.acceptance.service import Service

HEALTH_EVERY_SECONDS = 1 / 20
HEALTH_TIMEOUT_SECONDS = 10.0
MEMORY_EVERY_SECONDS = 0.5  # looking for children takes tens of milliseconds itself


class Watched:
    """
    What was seen: seconds that health took, bytes that were resident at most.

    A page that processes share counts in *peak_all* once each: it is at least what they take.
    """

    def __init__(self) -> None:
        self.health_seconds: list[float] = []
        self.health_failures = 0
        self.peak_main = 0
        self.peak_all = 0

    def health_ms(self, share: float) -> float:
        """Return the quantile of *share* (0..1; 1 is the slowest), in milliseconds."""
        ordered = sorted(self.health_seconds)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


@contextmanager
def watching(service: Service) -> Iterator[Watched]:
    """Watch *service*, in threads, until the block ends."""
    watched, stopping = Watched(), threading.Event()
    with ExitStack() as stack:
        for watch in (_watch_health, _watch_memory):
            thread = threading.Thread(target=watch, args=(service, watched, stopping), daemon=True)
            thread.start()
            stack.callback(thread.join, HEALTH_TIMEOUT_SECONDS)
        stack.callback(stopping.set)  # comes before they are waited for
        yield watched


def _watch_health(service: Service, watched: Watched, stopping: threading.Event) -> None:
    """
    Ask on time, over one connection.

    Latency counts from when it was time to ask: what had to wait for a slow answer before it is slow as well.
    """
    connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=HEALTH_TIMEOUT_SECONDS)
    due = time.perf_counter()
    while not stopping.wait(max(0.0, due - time.perf_counter())):
        try:
            connection.request("GET", "/v1/health")
            response = connection.getresponse()
            response.read()
            watched.health_failures += response.status != 200
        except (OSError, http.client.HTTPException):
            if stopping.is_set():
                break
            watched.health_failures += 1
            connection.close()
        watched.health_seconds.append(time.perf_counter() - due)
        due += HEALTH_EVERY_SECONDS
    connection.close()


def _watch_memory(service: Service, watched: Watched, stopping: threading.Event) -> None:
    with suppress(psutil.NoSuchProcess):
        main = psutil.Process(service.process.pid)
        while True:
            resident = main.memory_info().rss
            watched.peak_main = max(watched.peak_main, resident)
            watched.peak_all = max(watched.peak_all, resident + _resident_in_children(main))
            if stopping.wait(MEMORY_EVERY_SECONDS):
                return


def _resident_in_children(main: psutil.Process) -> int:
    resident = 0
    for child in main.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            resident += child.memory_info().rss
    return resident
