"""That requirements.lock is what pyproject.toml and constraints.txt say, whole and with hashes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.acceptance.service import ROOT

LOCK, EMBEDDERS, BUILD = (
    ROOT / "requirements.lock",
    ROOT / "image" / "embedders.lock",
    ROOT / "image" / "build.lock",
)
# By the variable of image/lock.sh that says what is in it.
BY_EXTRAS = pytest.mark.parametrize(("lock", "variable"), [(LOCK, "EXTRAS"), (EMBEDDERS, "EMBEDDERS")])
LINUX = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "extra": "",
}


def entries(lock: Path) -> list[str]:
    """Return what the lock demands, one distribution a text, hashes included."""
    lines = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]
    return re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()


def requirement_of(entry: str) -> Requirement:
    return Requirement(entry.partition("--hash")[0])


def pins(text: list[str]) -> dict[str, Version]:
    """Return the version of each distribution that Linux gets."""
    requirements = [requirement_of(entry) for entry in text]
    return {
        canonicalize_name(requirement.name): Version(str(requirement.specifier).removeprefix("=="))
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(LINUX)
    }


def extras() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    return found


def locked_extras(variable: str) -> set[str]:
    found = re.search(rf'^{variable}="(.*)"$', (ROOT / "image" / "lock.sh").read_text(), re.MULTILINE)
    assert found is not None
    return set(found[1].split())


def needed_by(requirement: Requirement, python: str) -> Iterator[Requirement]:
    """Yield what *requirement* needs, and what that needs, as the installed distributions say."""
    surroundings = [
        {**LINUX, "python_version": python, "python_full_version": f"{python}.0", "extra": extra}
        for extra in ("", *requirement.extras)
    ]
    for text in requires(requirement.name) or ():
        needed = Requirement(text)
        if needed.marker is None or any(needed.marker.evaluate(each) for each in surroundings):
            yield needed


def everything_needed(first: list[Requirement], python: str) -> set[str]:
    waiting, seen = list(first), set[tuple[str, frozenset[str]]]()
    while waiting:
        requirement = waiting.pop()
        known = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if known not in seen:
            seen.add(known)
            waiting += needed_by(requirement, python)
    return {name for name, _ in seen}


def wanted_by(variable: str) -> list[Requirement]:
    return [Requirement(text) for extra in locked_extras(variable) for text in extras()[extra]]


@pytest.mark.parametrize("lock", [LOCK, EMBEDDERS, BUILD], ids=lambda lock: lock.name)
def test_every_distribution_has_one_version_and_hashes(lock: Path) -> None:
    found = entries(lock)

    assert len(found) > 3
    assert all(re.fullmatch(r"==[^,*]+", str(requirement_of(entry).specifier)) for entry in found)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry) for entry in found)


@pytest.mark.parametrize("lock", [LOCK, EMBEDDERS], ids=lambda lock: lock.name)
def test_the_image_runs_on_the_versions_that_the_tests_run_on(lock: Path) -> None:
    tested = pins((ROOT / "constraints.txt").read_text().splitlines())
    locked = pins(entries(lock))

    assert locked.keys() <= tested.keys(), "constraints.txt lacks some"
    assert locked == {name: tested[name] for name in locked}, "run image/lock.sh"


def test_every_extra_but_the_developers_can_be_in_the_image() -> None:
    assert locked_extras("EXTRAS") | locked_extras("EMBEDDERS") == extras().keys() - {"dev", "testing"}
    assert not locked_extras("EXTRAS") & locked_extras("EMBEDDERS")


@BY_EXTRAS
def test_what_pyproject_wants_is_locked_in_a_version_that_it_allows(lock: Path, variable: str) -> None:
    wanted, locked = wanted_by(variable), pins(entries(lock))

    assert len(wanted) > 2
    for requirement in wanted:
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier, "run image/lock.sh"


@BY_EXTRAS
@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_whatever_those_need_is_locked_too_and_nothing_else(lock: Path, variable: str, python: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*map(Requirement, project["dependencies"]), *wanted_by(variable)]

    assert everything_needed(wanted, python) == pins(entries(lock)).keys(), "run image/lock.sh"


def test_what_builds_the_wheel_is_what_pyproject_asks_for() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    locked = pins(entries(BUILD))

    for requirement in map(Requirement, asked):
        assert locked[canonicalize_name(requirement.name)] in requirement.specifier
