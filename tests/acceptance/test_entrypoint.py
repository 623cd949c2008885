"""The script that the container starts: it migrates a real PostgreSQL, and only then is there a port."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from qfa_http.migrate import head_revision
from tests.acceptance.service import ROOT, environment, free_port, kill_all
from tests.fakes.postgres import PostgresServer

SLOW = """
CREATE FUNCTION take_long() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(0.2); END
$$;
CREATE EVENT TRIGGER take_long ON ddl_command_end EXECUTE FUNCTION take_long();
"""


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@contextmanager
def started(folder: Path, port: int, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Run the script as the container would: with nothing but its environment."""
    environ = environment(folder, NETWORK_HOST="127.0.0.1", NETWORK_PORT=str(port), **variables)
    environ["PATH"] = f"{Path(sys.executable).parent}:{environ['PATH']}"
    process = subprocess.Popen(
        [ROOT / "entrypoint.sh"],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            kill_all(process.pid)
        process.communicate()


def is_bound(port: int) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0


def is_at_head(server: PostgresServer) -> bool:
    if server.execute("SELECT to_regclass('alembic_version')") == [(None,)]:
        return False
    return server.execute("SELECT version_num FROM alembic_version") == [(head_revision(),)]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_there_is_no_port_before_the_database_is_at_head_and_sigterm_ends_it_in_order(
    server: PostgresServer, tmp_path: Path, workers: str
) -> None:
    server.execute(SLOW)
    port, looked = free_port(), 0
    give_up_at = time.monotonic() + 60
    with started(tmp_path, port, DB_URL=server.url(), WEB_CONCURRENCY=workers) as process:
        while True:
            bound, at_head = (
                is_bound(port),
                is_at_head(server),
            )  # in this order: it may come to head in between
            assert at_head or not bound
            if bound:
                break
            assert time.monotonic() < give_up_at
            assert process.poll() is None, process.communicate()
            looked += not at_head
            time.sleep(0.01)
        while True:
            try:
                health = httpx.get(f"http://127.0.0.1:{port}/v1/health", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        status = process.wait(40)

    assert looked > 10
    assert health.status_code == 200
    assert status == 0


def test_a_migration_that_fails_ends_it_without_a_port(server: PostgresServer, tmp_path: Path) -> None:
    server.execute(SLOW)
    server.execute("CREATE TABLE llm_calls (in_the_way text)")
    port = free_port()
    with started(tmp_path, port, DB_URL=server.url()) as process:
        while process.poll() is None:
            assert not is_bound(port)
            time.sleep(0.01)
        output, errors = process.communicate()

    assert process.returncode != 0
    assert not is_bound(port)
    assert (output, errors.count("\n")) == ("", 1)


def test_without_tracking_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port, DB_TRACK_USAGE="false") as process:
        give_up_at = time.monotonic() + 30
        while not is_bound(port):
            assert process.poll() is None
            assert time.monotonic() < give_up_at
            time.sleep(0.01)

    assert not (tmp_path / "data").exists()
