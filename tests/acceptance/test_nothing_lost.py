"""That no row of usage is lost or written twice, whatever dies: the real process and a real PostgreSQL."""

from __future__ import annotations

import os
import signal
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.acceptance.load import under_load, wait_for_rows
from tests.acceptance.service import Service, kill_all, model_at, running
from tests.fakes.postgres import PostgresServer
from tests.fakes.provider import FakeProvider

OUTAGE_SECONDS = 4.0
JOURNALED_WITHIN_SECONDS = 1.0


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """Start a PostgreSQL that comes back from a crash with all that it had said it keeps."""
    with PostgresServer(fsync="on", synchronous_commit="on", full_page_writes="on") as server:
        yield server


def settings(server: PostgresServer, provider: FakeProvider, **more: str) -> dict[str, str]:
    return {"DB_URL": server.url(), **model_at(provider.url), **more}


def usage_of(service: Service) -> dict[str, Any]:
    with service.client() as client:
        usage: dict[str, Any] = client.get("/v1/ready").json()["usage"]
    return usage


def test_while_the_database_is_away_requests_are_as_fast_and_afterwards_every_row_is_there_once(
    server: PostgresServer, provider: FakeProvider, tmp_path: Path
) -> None:
    with running(tmp_path, **settings(server, provider)) as service:
        with under_load(service) as load:
            load.wait_for(200)
            before = statistics.median(answered.seconds for answered in load.answered)
            server.kill()
            away_since = time.monotonic()
            while time.monotonic() < away_since + OUTAGE_SECONDS:
                load.wait_for(10)
            meanwhile = load.since(away_since)
            server.start()
            load.wait_for(50)
        rows = wait_for_rows(server.url(), load.answered)
        usage = usage_of(service)

    assert statistics.median(answered.seconds for answered in meanwhile) < before * 1.5 + 0.05
    assert load.refused == []
    assert len(rows) == len(set(rows)) == len(load.answered)
    assert usage == {"waiting": 0, "lost": 0, "journal": "ok", "journal_failures": 0}


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("database_away", [False, True], ids=["database there", "database away"])
def test_calls_that_had_finished_a_second_before_a_kill_are_there_once_after_a_restart(
    server: PostgresServer, provider: FakeProvider, tmp_path: Path, workers: str, database_away: bool
) -> None:
    variables = settings(server, provider, WEB_CONCURRENCY=workers)
    with running(tmp_path, **variables) as service, under_load(service) as load:
        load.wait_for(100)
        if database_away:
            server.kill()
        started = time.monotonic()
        while time.monotonic() < started + 2 * JOURNALED_WITHIN_SECONDS:
            load.wait_for(10)
        kill_all(service.process.pid)
        killed_at = time.monotonic()
    if database_away:
        server.start()
    finished = [answered for answered in load.answered if answered.at < killed_at - JOURNALED_WITHIN_SECONDS]
    with running(tmp_path, **variables) as service:
        rows = wait_for_rows(server.url(), finished)

    assert len(finished) > 100
    assert len(rows) == len(set(rows))


def test_a_worker_that_dies_leaves_its_rows_to_the_others(
    server: PostgresServer, provider: FakeProvider, tmp_path: Path
) -> None:
    with running(tmp_path, **settings(server, provider, WEB_CONCURRENCY="2")) as service:
        with under_load(service) as load:
            load.wait_for(100)
            server.kill()
            started = time.monotonic()
            while time.monotonic() < started + 2 * JOURNALED_WITHIN_SECONDS:
                load.wait_for(10)
            os.kill(worker_ids(service.process.pid)[0], signal.SIGKILL)
            killed_at = time.monotonic()
            load.wait_for(100)
            server.start()
        finished = [call for call in load.answered if call.at < killed_at - JOURNALED_WITHIN_SECONDS]
        rows = wait_for_rows(server.url(), finished, seconds=60)

    assert len(rows) == len(set(rows))


def worker_ids(process_id: int) -> list[int]:
    """Return the processes that serve; a supervisor has others beside them."""
    children = psutil.Process(process_id).children()
    return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]


def test_sigterm_flushes_everything(server: PostgresServer, provider: FakeProvider, tmp_path: Path) -> None:
    with running(tmp_path, **settings(server, provider)) as service:
        with under_load(service) as load:
            load.wait_for(100)
            load.stopping.set()
        status = service.stop()
    rows = wait_for_rows(server.url(), load.answered, seconds=0)

    assert status == 0
    assert len(rows) == len(set(rows)) == len(load.answered)
    assert list((tmp_path / "data" / "usage-journal").iterdir()) == []


def test_what_cannot_be_flushed_at_sigterm_is_there_after_the_next_start(
    server: PostgresServer, provider: FakeProvider, tmp_path: Path
) -> None:
    variables = settings(server, provider)
    with running(tmp_path, **variables) as service:
        with under_load(service) as load:
            load.wait_for(50)
            server.kill()
            load.wait_for(50)
            load.stopping.set()
        status = service.stop()
    server.start()
    with running(tmp_path, **variables):
        rows = wait_for_rows(server.url(), load.answered)

    assert status == 0
    assert len(rows) == len(set(rows)) == len(load.answered)


def test_without_a_disk_for_the_journal_requests_go_on_and_rows_are_written_and_it_is_said_aloud(
    server: PostgresServer, provider: FakeProvider, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "usage-journal").touch()  # no folder can be made here: root may write anywhere else
    with running(tmp_path, **settings(server, provider)) as service:
        with under_load(service) as load:
            load.wait_for(100)
        rows = wait_for_rows(server.url(), load.answered)
        usage = usage_of(service)
        with service.client() as client:
            ready = client.get("/v1/ready").status_code
        complaints = [line for line in service.log().splitlines() if "journal" in line and '"error"' in line]

    assert load.refused == []
    assert len(rows) == len(set(rows)) == len(load.answered)
    assert usage["journal"] == "unavailable"
    assert usage["journal_failures"] > 0
    assert usage["lost"] == 0
    assert ready == 200
    assert len(complaints) == 1
