"""That the contracts bite: on each broken twin exactly the fitting tests fail."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.acceptance.service import ROOT
from tests.contracts.twins import PORTS, Twin, contract_of, every_twin, promises_of, twins_of

Failures = dict[str, set[str]]  # the tests that failed, without their parameters, by the suite's name
TWINS = [pytest.param(port, twin, id=f"{port}-{twin.name}") for port, twin in every_twin()]


@pytest.fixture(scope="module")
def failures(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Failures]]:
    """Run all twins of each port that is asked for, one process a port, two at a time."""
    cases = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    ports = sorted({case.params["port"] for case in cases if case})
    with ThreadPoolExecutor(2) as pool:
        runs = {port: pool.submit(run, port, tmp_path_factory.mktemp(port)) for port in ports}
        yield lambda port: runs[port].result()


def run(port: str, folder: Path) -> Failures:
    """Run pytest on the suites of a port's twins, as strict as on ours, and read what it reports."""
    report = folder / "report.xml"
    options = ["-q", "--noconftest", "-W", "error", "-p", "no:cacheprovider", "--tb=short"]
    command = [sys.executable, "-m", "pytest", *options, f"--rootdir={ROOT}", f"--junitxml={report}"]
    done = subprocess.run(
        [*command, "-c", "/dev/null", str(ROOT / "tests" / "contracts" / "broken" / f"{port}.py")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    cases = ElementTree.parse(report).getroot().findall(".//testcase")  # noqa: S314 - pytest wrote it
    errors = [case.attrib["name"] for case in cases if case.find("error") is not None]
    assert not errors, done.stdout
    failed: Failures = defaultdict(set)
    for case in cases:
        suite = case.attrib["classname"].rpartition(".")[2]
        failed[suite] |= (
            {case.attrib["name"].partition("[")[0]} if case.find("failure") is not None else set()
        )
    return failed


@pytest.mark.parametrize(("port", "twin"), TWINS)
def test_exactly_the_fitting_tests_fail_on_a_broken_twin(
    port: str, twin: Twin, failures: Callable[[str], Failures]
) -> None:
    ran = failures(port)

    assert f"Test{twin.name}" in ran
    assert ran[f"Test{twin.name}"] == twin.fails


@pytest.mark.parametrize(("port", "twin"), TWINS)
def test_every_twin_tells_its_bug(port: str, twin: Twin) -> None:
    assert twin.bug
    assert twin.adapter.__doc__ is not None


@pytest.mark.parametrize("port", PORTS)
def test_every_promise_has_a_twin_that_breaks_it(port: str) -> None:
    contract = contract_of(port)
    kin = [each for each in PORTS if issubclass(contract, contract_of(each))]
    broken = {name for each in kin for twin in twins_of(each) for name in twin.fails}

    assert broken == set(promises_of(contract))


def test_there_are_many() -> None:
    assert len(TWINS) >= 40
