"""`qfa usage` on the embedded store."""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import gzip
import os
import pty
import re
import resource
import signal
import stat
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from qfa_adapters.sql.engine import embedded_engine
from qfa_adapters.sql.usage_store import SQLUsageStore
from qfa_core.usage import LLMCall
from qfa_http.container.database import EMBEDDED_FILE
from qfa_http.migrate import upgrade
from qfa_http.usage_archive import UsageArchive
from tests.http.command_line import PROGRAM, CommandLine, environment_of_a_process

T = TypeVar("T")

MIDNIGHT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MORE_THAN_THE_STORE_HAS_BYTES = 1 << 20
PRUNE = ("usage", "prune", "--before", "2026-03-03")


def a_call(number: int) -> LLMCall:
    """Return a call that started so many days after the first of March."""
    return LLMCall(
        id=f"call-{number}",
        request_id="request",
        tenant_id="kenya",
        operation="summarize",
        model="openai/gpt",
        started_at=MIDNIGHT + number * DAY,
        duration_ms=100,
        cost_usd=0.5,
    )


CALLS = [a_call(number) for number in range(4)]


def with_store(folder: Path, work: Callable[[SQLUsageStore], Awaitable[T]]) -> T:
    async def open_and_work() -> T:
        engine = embedded_engine(folder / "data" / EMBEDDED_FILE)
        await upgrade(engine)
        try:
            return await work(SQLUsageStore(engine))
        finally:
            await engine.dispose()

    return asyncio.run(open_and_work())


def kept(folder: Path) -> list[str]:
    calls = with_store(folder, lambda store: store.oldest(MIDNIGHT + 100 * DAY, 100))
    return [call.id for call in calls]


def read(archive: Path) -> list[LLMCall]:
    content = gzip.decompress(archive.read_bytes()) if archive.suffix == ".gz" else archive.read_bytes()
    return msgspec.json.Decoder(LLMCall).decode_lines(content)


@pytest.fixture
def qfa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Give a prompt, and four calls from the first four days of March."""
    with_store(tmp_path, lambda store: store.record(CALLS))
    return CommandLine(tmp_path, capsys)


def test_calls_from_before_midnight_utc_of_a_date_are_deleted(qfa: CommandLine, tmp_path: Path) -> None:
    said = qfa(*PRUNE, "--yes")

    assert (said.status, said.err) == (0, "")
    assert said.out == "2 LLM calls from before 2026-03-03T00:00:00+00:00 are deleted.\n"
    assert kept(tmp_path) == ["call-2", "call-3"]


def test_a_time_counts_in_its_zone(qfa: CommandLine, tmp_path: Path) -> None:
    qfa("usage", "prune", "--before", "2026-03-02T05:45+05:45", "--yes")

    assert kept(tmp_path) == ["call-1", "call-2", "call-3"]


def test_a_dry_run_counts_and_changes_nothing(qfa: CommandLine, tmp_path: Path) -> None:
    archive = tmp_path / "usage.jsonl"

    said = qfa(*PRUNE, "--dry-run", "--archive", archive)

    assert said.out == "2 LLM calls started before 2026-03-03T00:00:00+00:00; none is deleted.\n"
    assert len(kept(tmp_path)) == 4
    assert not archive.exists()


def test_where_nothing_is_old_nobody_is_asked(qfa: CommandLine) -> None:
    said = qfa("usage", "prune", "--before", "2026-03-01")

    assert said.status == 0
    assert said.out == "0 LLM calls started before 2026-03-01T00:00:00+00:00; none is deleted.\n"


@pytest.mark.parametrize("name", ["usage.jsonl", "usage.jsonl.gz"])
def test_deleted_calls_are_in_the_archive_as_they_were(qfa: CommandLine, tmp_path: Path, name: str) -> None:
    archive = tmp_path / name

    said = qfa(*PRUNE, "--yes", "--archive", archive)

    assert said.out.endswith(f"are deleted, saved to {archive}.\n")
    assert read(archive) == CALLS[:2]
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["usage.jsonl", "usage.jsonl.gz"])
def test_an_archive_that_exists_is_added_to(qfa: CommandLine, tmp_path: Path, name: str) -> None:
    archive = tmp_path / name
    qfa(*PRUNE, "--yes", "--archive", archive)

    qfa("usage", "prune", "--before", "2026-03-04", "--yes", "--archive", archive)

    assert read(archive) == CALLS[:3]


@pytest.mark.parametrize("name", ["usage.jsonl", "usage.jsonl.gz"])
def test_an_archive_that_breaks_off_is_not_added_to(qfa: CommandLine, tmp_path: Path, name: str) -> None:
    archive = tmp_path / name
    qfa(*PRUNE, "--yes", "--archive", archive)
    os.truncate(archive, archive.stat().st_size - 3)

    said = qfa("usage", "prune", "--before", "2026-03-04", "--yes", "--archive", archive)

    assert said.status == 2
    assert f"{archive} breaks off in the middle" in said.err
    assert len(kept(tmp_path)) == 2


def test_calls_that_cannot_be_archived_are_not_deleted(qfa: CommandLine, tmp_path: Path) -> None:
    archive = tmp_path / "usage.jsonl"
    archive.write_bytes(b"{}\n" * MORE_THAN_THE_STORE_HAS_BYTES)

    with limited_to(archive.stat().st_size + 10):
        said = qfa(*PRUNE, "--yes", "--archive", archive)

    assert said.status == 1
    assert said.err == f"qfa: {archive}: {os.strerror(errno.EFBIG)}\n"
    assert len(kept(tmp_path)) == 4


def test_a_batch_that_cannot_be_written_leaves_no_half_of_it_in_the_archive(tmp_path: Path) -> None:
    archive = UsageArchive(tmp_path / "usage.jsonl")
    archive.add(CALLS[:1])
    room_for_half_a_line = archive.path.stat().st_size * 3 // 2

    with limited_to(room_for_half_a_line), pytest.raises(OSError, match=re.escape(str(archive.path))):
        archive.add(CALLS[1:])

    assert read(archive.path) == CALLS[:1]


@pytest.mark.parametrize(
    ("before", "complaint"),
    [
        ("2026-03-03T12:00", "a time wants its time zone, such as 2026-01-31T12:00Z"),
        ("9999-01-01", "it lies in the future"),
        ("yesterday", "it wants a date such as 2026-01-31"),
    ],
)
def test_a_moment_that_is_not_clear_or_not_past_is_refused(
    qfa: CommandLine, tmp_path: Path, before: str, complaint: str
) -> None:
    said = qfa("usage", "prune", "--before", before, "--yes")

    assert said.status == 2
    assert complaint in said.err
    assert len(kept(tmp_path)) == 4


def test_what_is_no_ordinary_file_is_no_archive(qfa: CommandLine, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "usage.jsonl")

    said = qfa(*PRUNE, "--yes", "--archive", tmp_path / "usage.jsonl")

    assert said.status == 2
    assert "is no ordinary file" in said.err


@pytest.mark.parametrize("name", ["usage.json", "usage.gz", "missing/usage.jsonl"])
def test_a_file_that_cannot_be_an_archive_is_refused(qfa: CommandLine, tmp_path: Path, name: str) -> None:
    said = qfa(*PRUNE, "--yes", "--archive", tmp_path / name)

    assert said.status == 2
    assert len(kept(tmp_path)) == 4


def test_where_nobody_can_be_asked_yes_is_needed(qfa: CommandLine, tmp_path: Path) -> None:
    said = qfa(*PRUNE)

    assert said.status == 2
    assert said.err == "qfa: nobody is there to be asked: --yes deletes without asking\n"
    assert len(kept(tmp_path)) == 4


@pytest.mark.usefixtures("qfa")
@pytest.mark.parametrize(("answer", "left"), [("y", 2), ("n", 4)])
def test_at_a_terminal_the_answer_decides(tmp_path: Path, answer: str, left: int) -> None:
    shown = at_a_terminal(tmp_path, [*PRUNE], answer)

    assert "Delete them without an archive? [y/N]" in shown
    assert len(kept(tmp_path)) == left


def test_without_a_database_there_is_nothing_to_prune(qfa: CommandLine) -> None:
    said = qfa(*PRUNE, "--yes", DB_TRACK_USAGE="false")

    assert said.status == 1
    assert said.err == "qfa: The database is not available.\n"


@contextmanager
def limited_to(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond *size*, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def at_a_terminal(folder: Path, arguments: Sequence[str], answer: str) -> str:
    """Run `qfa` with a terminal as its stdin, where *answer* is typed, and return what it wrote to stderr."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    try:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            stdin=theirs,
            capture_output=True,
            text=True,
            env=environment_of_a_process(folder),
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return done.stderr + done.stdout
