"""`make demo`: the real service as a process of its own, the sample corpus over HTTP."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STRAY_SETTINGS = {
    "DB_URL": "postgresql://nobody@nowhere.invalid/none",
    "AUTH_API_KEYS": "not json",
    "QFA_PRODUCTION": "true",
    "LLM_API_BASE": "http://nowhere.invalid",
    "NETWORK_PORT": "1",
}
SECTIONS = (
    "Qualitative feedback analysis",
    "An analyst asks",
    "Coding trends over time",
    "Themes of the corpus",
    "Everything in one summary",
    "Record by record",
    "What a specialist must see",
    "What it took",
    "What next",
)


def _environment(folder: Path, extra: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LLM_")}
    return inherited | {"TMPDIR": str(folder), "PYTHONIOENCODING": "utf-8"} | extra


def _watch(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "integrations.demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return _watch(_environment(folder, STRAY_SETTINGS))


def test_the_demo_ends_by_itself_with_status_0(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.stderr == ""
    assert demo.returncode == 0


def test_the_demo_shows_every_part_in_order(demo: subprocess.CompletedProcess[str]) -> None:
    places = [demo.stdout.find(section) for section in SECTIONS]

    assert -1 not in places
    assert places == sorted(places)


def test_the_demo_shows_themes_and_accounts_for_every_record(demo: subprocess.CompletedProcess[str]) -> None:
    themes = re.findall(r" (\d+) +█+ +2026-\d\d-\d\d … 2026-\d\d-\d\d", demo.stdout)

    assert len(themes) >= 5
    assert "101 records received: 100 analysed, 1 blank." in demo.stdout


def test_the_demo_shows_how_codes_went_over_the_months(demo: subprocess.CompletedProcess[str]) -> None:
    rows = re.findall(
        r"^ +(Cash assistance|Shelter|Vaccines)((?: +[\d·]+){5}) +\d+ ", demo.stdout, re.MULTILINE
    )

    counts = {code: cells.split() for code, cells in rows}
    assert counts["Cash assistance"] == ["·", "2", "3", "8", "11"]
    assert counts["Vaccines"] == ["·", "·", "12", "·", "·"]


def test_the_demo_flags_the_sensitive_records_with_their_kinds(
    demo: subprocess.CompletedProcess[str],
) -> None:
    flagged = re.findall(r"⚑ ([A-Z]{2}-\d+)", demo.stdout)

    assert {"EN-1068", "FR-1070", "EN-1057", "UK-1080"} <= set(flagged)
    assert "sexual exploitation" in demo.stdout


def test_the_demo_accounts_for_every_operation(demo: subprocess.CompletedProcess[str]) -> None:
    usage = demo.stdout.partition("What it took")[2]

    for operation in ("analyze", "summarize", "summarize_aggregate", "assign_codes"):
        assert re.search(rf"^ +{operation} +\d", usage, re.MULTILINE)
    assert re.search(r"^ +detect_sensitive +100 +100 ", usage, re.MULTILINE)


def test_the_demo_says_that_no_language_model_was_used(demo: subprocess.CompletedProcess[str]) -> None:
    assert "Language model: local/extractive" in demo.stdout
    assert "No language model has read the records" in " ".join(demo.stdout.split())


def test_the_demo_shows_arabic_and_cyrillic_whole(demo: subprocess.CompletedProcess[str]) -> None:
    assert "بطاقة الدفع لا تعمل" in demo.stdout
    assert "немає інсуліну" in demo.stdout


def test_the_demo_leaves_nothing_behind(demo: subprocess.CompletedProcess[str], folder: Path) -> None:
    assert list(folder.iterdir()) == []


def test_a_service_that_does_not_start_is_one_line_and_a_status(tmp_path: Path) -> None:
    failed = _watch(_environment(tmp_path, {"LLM_MODEL": "no-such-provider"}))

    assert failed.returncode == 1
    assert failed.stderr.startswith("demo: the service did not start: ")
    assert "LLM_MODEL" in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 1)])
def test_an_interrupted_demo_stops_its_service(sent: signal.Signals, status: int, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "integrations.demo"],
        cwd=ROOT,
        env=_environment(tmp_path, {"PYTHONUNBUFFERED": "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # A shell starts what runs in its background deaf to SIGINT, and a process hands that on.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        assert any("An analyst asks" in line for line in process.stdout)
        process.send_signal(sent)
        process.communicate(timeout=60)

    assert process.returncode == status
    assert list(tmp_path.iterdir()) == []
