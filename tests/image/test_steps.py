"""The image's own steps, without an engine: an empty folder, an empty Python, another user."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from image.try_steps import Image, build
from image.version import SOURCE, version_of
from qfa_http.migrate import head_revision
from tests.acceptance.service import KEY, ROOT, environment, free_port, kill_all, model_at
from tests.fakes.postgres import PostgresServer
from tests.fakes.provider import FakeProvider
from tests.http.requests import ON_SAVING

VERSION = version_of("0123456789abcdef", SOURCE.read_text())
WAIT = ROOT / ".github" / "scripts" / "wait_for_version.py"
START_SECONDS = 60.0
STOP_SECONDS = 40.0


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with tempfile.TemporaryDirectory(
        prefix="qfa-image-"
    ) as folder:  # not pytest's: others may not enter that
        Path(folder).chmod(0o755)
        yield build(ROOT, Path(folder) / "root", {"VERSION": VERSION})


@contextmanager
def started(image: Image, folder: Path, port: int, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Run the image with *variables*; all else is as the Dockerfile says."""
    keys = environment(folder)["AUTH_API_KEYS"]
    settings = {"AUTH_API_KEYS": keys, "NETWORK_HOST": "127.0.0.1", "NETWORK_PORT": str(port), **variables}
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            **image.process(image.command("ENTRYPOINT"), **settings), stdout=output, stderr=output, text=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                kill_all(process.pid)
            process.wait()


def is_healthy(image: Image, port: int) -> bool:
    process = image.process(image.command("HEALTHCHECK"), NETWORK_PORT=str(port))
    return subprocess.run(**process).returncode == 0


def wait_until_healthy(image: Image, process: subprocess.Popen[str], port: int, folder: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while not is_healthy(image, port):
        assert process.poll() is None, (folder / "output").read_text()
        assert time.monotonic() < give_up_at, (folder / "output").read_text()


def wait_for_version(url: str) -> subprocess.CompletedProcess[str]:
    """Wait as a roll-out does: models are loaded when readiness is asked for first, which takes a moment."""
    command = [
        sys.executable,
        WAIT,
        url,
        VERSION,
        "--timeout-seconds",
        str(START_SECONDS),
        "--pause-seconds",
        "0.1",
    ]
    return subprocess.run(command, capture_output=True, text=True)


def test_it_migrates_answers_and_ends_in_order_as_another_user(
    image: Image, postgres: PostgresServer, tmp_path: Path
) -> None:
    database, port = postgres.create_database("of-the-image"), free_port()
    answers: dict[str, Any] = {}
    healthy_before = is_healthy(image, port)
    with (
        FakeProvider() as provider,
        started(image, tmp_path, port, DB_URL=database, **model_at(provider.url)) as process,
    ):
        wait_until_healthy(image, process, port, tmp_path)
        user = psutil.Process(process.pid).uids().effective
        waited = wait_for_version(f"http://127.0.0.1:{port}")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            answers["ready"] = client.get("/v1/ready")
            answers["summary"] = client.post(
                "/v1/summarize", json=ON_SAVING, headers={"Authorization": f"Bearer {KEY}"}
            )
        process.send_signal(signal.SIGTERM)
        status = process.wait(STOP_SECONDS)

    assert not healthy_before
    assert waited.returncode == 0, waited.stderr
    assert answers["ready"].status_code == 200, answers["ready"].text
    assert answers["ready"].json()["version"] == VERSION
    assert not any(dependency["embedded"] for dependency in answers["ready"].json()["dependencies"])
    assert answers["summary"].status_code == 200, answers["summary"].text
    assert status == 0
    assert user != 0
    assert postgres.execute("SELECT version_num FROM alembic_version", "of-the-image") == [(head_revision(),)]
    assert postgres.execute("SELECT count(*) > 0 FROM llm_calls", "of-the-image") == [(True,)]


def test_it_does_not_start_on_embedded_defaults(image: Image, tmp_path: Path) -> None:
    with started(image, tmp_path, free_port()) as process:
        status = process.wait(START_SECONDS)

    output = (tmp_path / "output").read_text()
    assert status != 0
    assert re.search(r"LLM_MODEL.*DB_URL", output)
    assert output.count("\n") == 1


def test_the_last_stage_holds_the_service_and_no_tools(image: Image) -> None:
    local, service = image.root / "usr" / "local", image.root / "opt" / "qfa"
    packages = next(service.glob("lib/python3*/site-packages"))

    assert {path.name for path in image.root.iterdir()} == {"opt", "usr", "var"}
    assert {path.name for path in (image.root / "opt").iterdir()} == {"qfa"}
    assert [path.name for path in local.rglob("site-packages/*")] == []
    assert not [
        path for path in packages.iterdir() if path.name.split("-")[0] in ("pip", "pytest", "hatchling")
    ]
    assert {path.name for path in service.iterdir()} - {"include", "lib64"} == {
        "bin",
        "entrypoint.sh",
        "healthcheck.py",
        "lib",
        "models",
        "pyvenv.cfg",
    }


def test_nothing_of_the_checkout_is_needed_to_run_it(image: Image) -> None:
    where = "import json, qfa_http, sys; json.dump([qfa_http.__file__, *sys.path], sys.stdout)"
    process = image.process([str(image.root / "opt" / "qfa" / "bin" / "python"), "-c", where])
    ended = subprocess.run(**process, capture_output=True, text=True)

    assert ended.returncode == 0, ended.stderr
    assert all(path.startswith(str(image.root)) for path in json.loads(ended.stdout))
