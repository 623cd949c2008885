"""The worker over a folder, and the store that it records usage in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.sqlite_usage_store import SqliteUsageStore
from qfa_core.contracts import UsageStoreContract
from tests.examples.programs import run

RECORD = {"id": "1", "content": "Maria Kamau says that the well is dry."}


class TestSqliteUsageStore(UsageStoreContract):
    @pytest.fixture
    def usage_store(self, tmp_path: Path) -> SqliteUsageStore:
        return SqliteUsageStore(tmp_path / "usage.sqlite3")

    @pytest.fixture
    def unreachable_usage_store(self, tmp_path: Path) -> SqliteUsageStore:
        return SqliteUsageStore(tmp_path / "no such folder" / "usage.sqlite3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    requests = {
        "kenya/1.summarize.json": {"record": RECORD},
        "kenya/2.detect-sensitive.json": {"record": RECORD},
        "nepal/3.analyze.json": {"records": [RECORD], "prompt": "What is needed?"},
        "nepal/4.summarize.json": {"record": "none"},
        "nepal/5.json": {"record": RECORD},
    }
    for place, request in requests.items():
        path = tmp_path / "inbox" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(request))
    return tmp_path


def work(folder: Path) -> str:
    return run("usage_worker.py", "inbox", "outbox", "usage.sqlite3", folder=folder)


def answer(folder: Path, place: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads((folder / "outbox" / place).read_bytes())
    return answer


def test_every_request_is_answered_and_gone(folder: Path) -> None:
    work(folder)

    assert "the well is dry" in str(answer(folder, "kenya/1.summarize.json")["text"])
    assert answer(folder, "kenya/2.detect-sensitive.json")["is_sensitive"] is False
    assert answer(folder, "nepal/3.analyze.json")["record_count"] == 1
    assert not [path for path in (folder / "inbox").rglob("*") if path.is_file()]


def test_what_is_no_request_is_answered_with_the_reason(folder: Path) -> None:
    work(folder)

    assert answer(folder, "nepal/4.summarize.json").keys() == {"failure"}
    assert answer(folder, "nepal/5.json").keys() == {"failure"}


def test_usage_is_kept_by_tenant_and_over_runs(folder: Path) -> None:
    first = work(folder)

    assert first == "kenya: requests 2, calls 3, $0.00\nnepal: requests 1, calls 2, $0.00\n"
    assert work(folder) == first


def test_what_another_worker_took_is_left_to_it(folder: Path) -> None:
    taken = folder / "inbox" / "kenya" / "1.summarize.taken"
    taken.with_suffix(".json").rename(taken)

    work(folder)

    assert taken.exists()
    assert not (folder / "outbox" / "kenya" / "1.summarize.json").exists()
