"""The suites as a stranger gets them: the wheel in a new environment, beside an adapter of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.acceptance.service import ROOT

FOREIGN = ROOT / "tests" / "contracts" / "foreign"
COPIED = ("pyproject.toml", "README.md", "LICENSE", "qfa_core", "qfa_adapters", "qfa_http", "migrations")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )


def pip(*arguments: str | Path, cwd: Path) -> str:
    done = run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that a build leaves nothing behind here."""
    source = tmp_path_factory.mktemp("source")
    for name in COPIED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / name)
    pip("wheel", "--no-deps", "--wheel-dir", source / "dist", source, cwd=source)
    (built,) = (source / "dist").glob("qfa-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty environment, and return its Python; our pip serves it from outside."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def library(wheel: Path, environment: Path) -> Path:
    """Install the wheel without extras, and return the Python that has it."""
    pip("--python", environment, "install", wheel, cwd=wheel.parent)
    return environment


@pytest.fixture(scope="module")
def with_testing(wheel: Path, library: Path) -> Path:
    """Install what the suites run on, after what the tests of the mere library looked at."""
    pip("--python", library, "install", f"{wheel}[testing]", cwd=wheel.parent)
    return library


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Copy a stranger's repository, which configures nothing."""
    return Path(shutil.copytree(FOREIGN, tmp_path / "foreign", ignore=shutil.ignore_patterns("__pycache__")))


def failures(python: Path, repository: Path) -> tuple[set[str], str]:
    """Run plain pytest; return which tests failed, and the last line."""
    output = run(python, "-m", "pytest", "-rfE", cwd=repository).stdout
    lines = output.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return {line.split("::")[-1].split(" ")[0].partition("[")[0] for line in failed}, lines[-1]


def test_the_library_brings_msgspec_and_nothing_else(library: Path, tmp_path: Path) -> None:
    installed = json.loads(pip("--python", library, "list", "--format=json", cwd=tmp_path))

    assert {each["name"] for each in installed} == {"qfa", "msgspec"}


def test_the_library_can_be_imported_whole(library: Path, tmp_path: Path) -> None:
    done = run(library, "-c", "from qfa_core import *; import qfa_core.fakes", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_library_says_that_it_is_typed(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()

    assert "qfa_core/py.typed" in names
    assert "qfa_core/contracts/__init__.py" in names


def test_a_strangers_adapter_passes_with_plain_pytest(with_testing: Path, repository: Path) -> None:
    failed, last_line = failures(with_testing, repository)

    assert not failed
    assert " passed" in last_line
    assert "warning" not in last_line
    assert "skipped" not in last_line


@pytest.mark.parametrize(
    ("right", "wrong", "test"),
    [
        (
            "self._read().get(digest)",
            "next((key for each, key in self._read().items() if each.startswith(digest)), None)",
            "test_a_part_of_a_digest_finds_nothing",
        ),
        (
            "        self._read()\n\n",
            "        pass\n\n",
            "test_a_store_of_keys_out_of_reach_fails_its_check",
        ),
    ],
    ids=["finds a key by its beginning", "checks nothing"],
)
def test_a_strangers_mistake_fails_exactly_the_fitting_test(
    with_testing: Path, repository: Path, right: str, wrong: str, test: str
) -> None:
    adapter = repository / "json_keys.py"
    text = adapter.read_text(encoding="utf-8")
    assert text.count(right) == 1
    adapter.write_text(text.replace(right, wrong), encoding="utf-8")

    failed, _ = failures(with_testing, repository)

    assert failed == {test}
