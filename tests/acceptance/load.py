"""Callers that ask without a pause, and remember which request was answered when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import httpx
import psycopg

from tests.acceptance.service import Service

CALLERS = 6
ONE_CALL = {
    "feedback_record": {"id": "Form-1", "content": "The water point is broken."}
}  # costs one LLM call


class Answered(NamedTuple):
    """An analysis that was answered with 200."""

    request_id: str
    at: float
    seconds: float


class Load:
    """What the callers got so far."""

    def __init__(self) -> None:
        self.answered: list[Answered] = []
        self.refused: list[int] = []
        self.stopping = threading.Event()

    def since(self, moment: float) -> list[Answered]:
        """Return what was answered after a moment of the monotonic clock."""
        return [answered for answered in self.answered if answered.at >= moment]

    def wait_for(self, more: int, seconds: float = 30.0) -> None:
        """Block until so many more requests were answered."""
        wanted, give_up_at = len(self.answered) + more, time.monotonic() + seconds
        while len(self.answered) < wanted:
            assert time.monotonic() < give_up_at, f"{len(self.answered)} answers, {self.refused[-3:]} refused"
            time.sleep(0.01)  # callers in other threads: nothing else tells


@contextmanager
def under_load(service: Service) -> Iterator[Load]:
    """Ask *service* without a pause; what fails because the process is gone counts for nothing."""
    load = Load()
    callers = [threading.Thread(target=_ask, args=(service, load)) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield load
    finally:
        load.stopping.set()
        for caller in callers:
            caller.join()


def _ask(service: Service, load: Load) -> None:
    with service.client() as client:
        while not load.stopping.is_set():
            started = time.monotonic()
            try:
                response = client.post("/v1/detect-sensitive", json=ONE_CALL)
            except httpx.HTTPError:
                time.sleep(0.02)
                continue
            if response.status_code != 200:
                load.refused.append(response.status_code)
                continue
            now = time.monotonic()
            load.answered.append(Answered(response.headers["X-Request-ID"], now, now - started))


def rows_of(url: str) -> list[str]:
    """Return the request id of every row of usage."""
    with psycopg.connect(url) as connection:
        return [request_id for (request_id,) in connection.execute("SELECT call_id FROM llm_calls")]


def wait_for_rows(url: str, wanted: Sequence[Answered], seconds: float = 30.0) -> list[str]:
    """Wait until every request of *wanted* has its row, and return the request ids of all rows."""
    missing = {answered.request_id for answered in wanted}
    give_up_at = time.monotonic() + seconds
    while True:
        rows = rows_of(url)
        if missing <= set(rows):
            return rows
        assert time.monotonic() < give_up_at, f"{len(missing - set(rows))} of {len(missing)} rows are missing"
        time.sleep(0.05)  # another process writes them: nothing else tells
