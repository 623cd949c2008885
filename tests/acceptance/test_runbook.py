"""That the commands of the database's runbook work, in their order, on a real PostgreSQL and a service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qfa_http.migrate import LOCK_KEY
from tests.acceptance.service import ROOT, running
from tests.fakes.postgres import PostgresServer

RUNBOOK = (ROOT / "docs" / "operations" / "database.md").read_text()
OWNER, PASSWORD = "qfa", "a-password"


def commands() -> list[str]:
    """Return the runbook's blocks of shell, but for those of Azure's tools and lines to be filled in."""
    blocks = re.findall(r"```sh\n(.*?)```", RUNBOOK, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if not line.startswith(("az ", "export "))]


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        server.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}'")
        server.execute('CREATE ROLE "qfa-app" LOGIN')
        server.execute(f"CREATE DATABASE qfa OWNER {OWNER}")
        yield server


def test_every_command_of_the_runbook_works(server: PostgresServer, tmp_path: Path) -> None:
    of_the_service = server.url("qfa", user=OWNER, password=PASSWORD)
    with running(tmp_path, DB_URL=of_the_service) as service:
        environ = {
            "PATH": f"{server.programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DB_URL": server.url("qfa"),
            "RESTORED_URL": server.url("restored"),
            "QFA": service.url,
        }
        failed = {}
        for command in commands():
            ended = subprocess.run(
                ["/bin/bash", "-euo", "pipefail", "-c", command],
                cwd=tmp_path,
                env=environ,
                capture_output=True,
                text=True,
                timeout=60,
            )
            if ended.returncode != 0:
                failed[command] = ended.stderr

    assert failed == {}
    assert len(commands()) > 15


def test_the_runbook_knows_the_key_of_the_lock() -> None:
    assert set(re.findall(r"objid = (\d+)", RUNBOOK)) == {str(LOCK_KEY)}
