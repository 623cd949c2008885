"""That a call in the journal is handed over, once, whoever dies and whatever the disk does."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from qfa_adapters.buffer.journal import JournalUnavailable, UsageJournal
from qfa_adapters.buffer.journal_file import CHUNK_BYTES, SHRINK_BYTES, JournalFile
from qfa_core.errors import UsageStoreUnavailable
from qfa_core.usage import LLMCall
from tests.adapters.buffer.disks import files_in, full_disk, hanging
from tests.adapters.buffer.waiting import until
from tests.adapters.sql.calls import a_call


class Taken:
    """Take calls, a chunk at a time; while *away*, refuse them."""

    def __init__(self) -> None:
        self.chunks: list[tuple[LLMCall, ...]] = []
        self.away = False

    async def __call__(self, calls: Sequence[LLMCall]) -> None:
        if self.away:
            raise UsageStoreUnavailable
        self.chunks.append(tuple(calls))
        await asyncio.sleep(0)

    @property
    def calls(self) -> list[LLMCall]:
        return [call for chunk in self.chunks for call in chunk]


async def left_by_a_dead_process(folder: Path, calls: Sequence[LLMCall]) -> Path:
    """Leave a file with *calls*, as a process does that ends before the store has them; return its path."""
    before = files_in(folder)
    journal = UsageJournal(folder)
    await journal.append(calls)
    await journal.close()
    [path] = set(files_in(folder)) - set(before)
    return path


async def test_calls_come_out_as_they_went_in_and_leave_nothing_behind(tmp_path: Path) -> None:
    calls = [
        a_call(),
        a_call(input_tokens=0, output_tokens=1, cost_usd=1e-9, failure="LLMTimeout"),
        a_call(tenant_id='a "quoted"\nténant \x00 ☂'),
    ]
    journal, taken = UsageJournal(tmp_path / "journal"), Taken()

    await journal.append(calls)
    waiting = journal.waiting
    await journal.empty(taken)
    [file] = files_in(tmp_path / "journal")
    size = file.stat().st_size
    await journal.close()

    assert (waiting, journal.waiting, size) == (3, 0, 0)
    assert taken.calls == calls
    assert files_in(tmp_path / "journal") == []


async def test_no_folder_is_made_before_it_is_wanted_and_then_it_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "journal"
    journal = UsageJournal(folder)
    await journal.adopt(Taken())
    made_early = folder.parent.exists()

    await journal.probe()

    [file] = files_in(folder)
    modes = [path.stat().st_mode & 0o777 for path in (folder.parent, folder, file)]
    assert not made_early
    assert modes == [0o700, 0o700, 0o600]
    await journal.close()


async def test_calls_that_were_not_taken_wait_for_the_next_process(tmp_path: Path) -> None:
    calls, taken = [a_call(), a_call()], Taken()
    await left_by_a_dead_process(tmp_path, calls)
    journal = UsageJournal(tmp_path)

    await journal.adopt(taken)

    assert taken.calls == calls
    assert files_in(tmp_path) == []
    await journal.close()


async def test_orphans_are_counted_and_left_while_nobody_takes_their_calls(tmp_path: Path) -> None:
    paths = [await left_by_a_dead_process(tmp_path, [a_call()] * count) for count in (2, 3)]
    journal, taken = UsageJournal(tmp_path), Taken()
    taken.away = True

    with pytest.raises(UsageStoreUnavailable):
        await journal.adopt(taken)

    assert journal.orphaned == 5
    assert files_in(tmp_path) == sorted(paths)
    taken.away = False
    await journal.adopt(taken)
    assert (len(taken.calls), journal.orphaned, files_in(tmp_path)) == (5, 0, [])
    await journal.close()


async def test_the_living_never_adopt_each_others_calls(tmp_path: Path) -> None:
    one, other, taken = UsageJournal(tmp_path), UsageJournal(tmp_path), Taken()
    await one.append([a_call()])
    await other.probe()  # still empty: not to be taken for one of the dead, either

    await one.adopt(taken)
    await other.adopt(taken)

    assert taken.calls == []
    assert len(files_in(tmp_path)) == 2
    assert (one.orphaned, other.orphaned) == (0, 0)
    for journal in (one, other):
        await journal.close()


async def test_of_several_who_adopt_at_once_each_call_goes_to_one(tmp_path: Path) -> None:
    calls = [a_call() for _ in range(20)]
    for call in calls:
        await left_by_a_dead_process(tmp_path, [call])
    journals, taken = [UsageJournal(tmp_path) for _ in range(4)], Taken()

    await asyncio.gather(*(journal.adopt(taken) for journal in journals))

    assert sorted(call.id for call in taken.calls) == sorted(call.id for call in calls)
    assert files_in(tmp_path) == []
    for journal in journals:
        await journal.close()


def test_a_file_that_is_adopted_while_it_is_made_is_given_up_for_another(tmp_path: Path) -> None:
    ended = threading.Event()

    def adopt_for_ever() -> None:
        while not ended.is_set():
            for path in files_in(tmp_path):
                if orphan := JournalFile.adopt(path):
                    orphan.close()

    adopters = [threading.Thread(target=adopt_for_ever) for _ in range(3)]
    for adopter in adopters:
        adopter.start()
    try:
        for _ in range(2_000):
            file = JournalFile.create(tmp_path)
            assert file.is_in_place()
            file.close()
    finally:
        ended.set()
        for adopter in adopters:
            adopter.join()


async def test_lines_that_make_no_sense_are_skipped_counted_and_not_quoted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    calls, taken = [a_call(), a_call()], Taken()
    path = await left_by_a_dead_process(tmp_path, calls)
    first, second = path.read_bytes().splitlines(keepends=True)
    garbage = b'{"canary": 1}\n\x00\xff canary\n[canary\n\n'
    path.write_bytes(first + garbage + second + first[:40])
    journal = UsageJournal(tmp_path)

    await journal.adopt(taken)

    assert taken.calls == calls
    assert journal.unreadable == 4
    assert files_in(tmp_path) == []
    assert "lines that make no sense" in caplog.text
    assert "canary" not in caplog.text
    await journal.close()


async def test_a_last_line_that_lacks_but_its_end_counts(tmp_path: Path) -> None:
    call, taken = a_call(), Taken()
    path = await left_by_a_dead_process(tmp_path, [call])
    os.truncate(path, path.stat().st_size - 1)
    journal = UsageJournal(tmp_path)

    await journal.adopt(taken)

    assert (taken.calls, journal.unreadable) == ([call], 0)
    await journal.close()


async def test_a_file_of_one_endless_line_is_got_over(tmp_path: Path) -> None:
    (tmp_path / "endless.jsonl").write_bytes(b"x" * (2 * CHUNK_BYTES + 1))
    journal, taken = UsageJournal(tmp_path), Taken()

    await journal.adopt(taken)

    assert taken.calls == []
    assert journal.unreadable == 3
    assert files_in(tmp_path) == []
    await journal.close()


async def test_one_file_that_cannot_be_adopted_does_not_hold_up_the_others(tmp_path: Path) -> None:
    (tmp_path / "0.jsonl").mkdir()
    call, taken = a_call(), Taken()
    await left_by_a_dead_process(tmp_path, [call])
    journal = UsageJournal(tmp_path)

    await journal.adopt(taken)

    assert taken.calls == [call]
    assert journal.is_usable
    await journal.close()


async def test_a_write_that_the_disk_cuts_off_is_made_good_once_there_is_room(tmp_path: Path) -> None:
    calls = [a_call() for _ in range(30)]
    journal, taken = UsageJournal(tmp_path), Taken()
    await journal.append(calls[:10])
    [file] = files_in(tmp_path)
    size = file.stat().st_size

    with full_disk(size + size // 2), pytest.raises(JournalUnavailable):
        await journal.append(calls[10:])
    size_after_the_cut = file.stat().st_size
    usable_after_the_cut = journal.is_usable
    await journal.append(calls[10:])
    await journal.empty(taken)

    assert size_after_the_cut == size
    assert not usable_after_the_cut
    assert journal.is_usable
    assert journal.failures == 1
    assert taken.calls == calls
    assert journal.unreadable == 0
    await journal.close()


async def test_a_disk_that_has_room_again_is_noticed_without_any_calls(tmp_path: Path) -> None:
    journal = UsageJournal(tmp_path)
    await journal.append([a_call()])
    [file] = files_in(tmp_path)
    size = file.stat().st_size
    with full_disk(size), pytest.raises(JournalUnavailable):
        await journal.append([a_call()])
    with full_disk(size):
        await journal.probe()
        usable_while_full = journal.is_usable

    await journal.probe()

    assert (usable_while_full, journal.is_usable) == (False, True)
    assert (file.stat().st_size, journal.waiting) == (size, 1)
    await journal.close()


async def test_a_folder_that_cannot_be_made_is_complained_about_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "journal"
    folder.touch()
    journal = UsageJournal(folder)

    for _ in range(3):
        await journal.probe()
        with pytest.raises(JournalUnavailable):
            await journal.append([a_call()])
    usable_meanwhile = journal.is_usable
    folder.unlink()
    await journal.probe()

    assert not usable_meanwhile
    assert journal.is_usable
    assert journal.failures == 3
    assert len(caplog.records) == 1
    assert str(tmp_path) not in caplog.text
    await journal.close()


async def test_a_disk_that_hangs_makes_nobody_wait_for_longer_than_the_patience(tmp_path: Path) -> None:
    folder = hanging(tmp_path / "journal")
    journal, taken = UsageJournal(folder, patience_seconds=0.01), Taken()
    async with asyncio.timeout(5):
        for _ in range(3):
            with pytest.raises(JournalUnavailable):
                await journal.append([a_call(id="late")])
    usable_meanwhile = journal.is_usable

    folder.mended.set()
    await until(lambda: not journal.hangs)
    await journal.probe()
    usable_afterwards = journal.is_usable
    await journal.empty(taken)

    assert (usable_meanwhile, usable_afterwards) == (False, True)
    assert {call.id for call in taken.calls} <= {"late"}
    await journal.close()


async def test_a_file_that_somebody_removes_is_read_to_its_end_and_then_replaced(tmp_path: Path) -> None:
    folder, call, taken = tmp_path / "journal", a_call(), Taken()
    journal = UsageJournal(folder)
    await journal.append([call])
    shutil.rmtree(folder)

    with pytest.raises(JournalUnavailable):
        await journal.append([a_call()])
    await journal.empty(taken)
    await journal.append([a_call()])

    assert taken.calls == [call]
    assert journal.is_usable
    assert len(files_in(folder)) == 1
    await journal.close()


async def test_what_json_cannot_hold_is_left_out_and_counted(tmp_path: Path) -> None:
    journal, taken = UsageJournal(tmp_path), Taken()
    call = a_call()

    left_out = await journal.append([a_call(model="\ud800"), call])
    await journal.empty(taken)

    assert left_out == 1
    assert taken.calls == [call]
    await journal.close()


async def test_many_calls_are_handed_over_in_chunks_of_bounded_size(tmp_path: Path) -> None:
    calls = [a_call() for _ in range(20_000)]
    journal, taken = UsageJournal(tmp_path), Taken()
    await journal.append(calls)

    await journal.empty(taken)

    assert taken.calls == calls
    assert max(map(len, taken.chunks)) < 10_000
    await journal.close()


def test_a_file_that_is_never_drained_is_shrunk_all_the_same(tmp_path: Path) -> None:
    file, sizes, read = JournalFile.create(tmp_path), [], []
    calls = [a_call(model="m" * 10_000) for _ in range(3 * SHRINK_BYTES // 10_000)]
    step = CHUNK_BYTES // 20_000
    file.append(calls[:step])
    for start in range(step, len(calls), step):
        file.append(calls[start : start + step])  # before what came before is read
        while file.waiting > step:
            chunk = file.read()
            read += chunk.calls
            file.append(calls[:1])
            file.mark(chunk)
        sizes.append(file.path.stat().st_size)
    while not file.is_drained:
        chunk = file.read()
        read += chunk.calls
        file.mark(chunk)

    assert max(sizes) < SHRINK_BYTES + 3 * CHUNK_BYTES
    assert min(sizes[sizes.index(max(sizes)) :]) < 3 * CHUNK_BYTES
    assert {call.id for call in calls} <= {call.id for call in read}
    file.close()
