"""That with a journal no call is lost: not to an outage, a full disk, a stop or a kill."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from qfa_adapters.buffer.journal import UsageJournal
from qfa_adapters.buffer.pace import Pace
from qfa_adapters.buffer.usage_store import Backlog, BufferedUsageStore
from qfa_core.errors import InvalidInput, UsageStoreUnavailable
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.usage import LLMCall, UsageQuery
from tests.adapters.buffer.disks import files_in, full_disk, hanging, unreadable
from tests.adapters.buffer.waiting import until
from tests.adapters.sql.calls import a_call

ROOT = Path(__file__).parents[3]
QUICK = Pace(
    linger_seconds=0.01,
    journal_seconds=0.001,
    pause_seconds=0.01,
    longest_pause_seconds=0.02,
    adopt_seconds=0.02,
)
IMPATIENT = Pace(
    linger_seconds=0.01,
    journal_seconds=0.001,
    pause_seconds=0.01,
    longest_pause_seconds=0.02,
    flush_seconds=0.05,
)
IDLE = Pace(linger_seconds=3600, journal_seconds=3600, adopt_seconds=3600)
NOTHING_WAITS = Backlog(waiting=0, lost=0, journal="ok", journal_failures=0)


class CountingStore(InMemoryUsageStore):
    """Count how often each call is written, refuse those in *poison* with their batch, hang if *frozen*."""

    def __init__(self, poison: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.written: Counter[str] = Counter()
        self.frozen = False
        self._poison = poison

    async def record(self, calls: Sequence[LLMCall]) -> None:
        if self.frozen:
            await asyncio.Event().wait()
        if any(call.id in self._poison for call in calls):
            raise InvalidInput
        await super().record(calls)
        self.written.update(call.id for call in calls)


def away() -> CountingStore:
    store = CountingStore()
    store.available = False
    return store


def ids(calls: Sequence[LLMCall]) -> list[str]:
    return sorted(call.id for call in calls)


async def test_calls_pass_through_the_journal_and_leave_no_file(tmp_path: Path) -> None:
    store, calls = CountingStore(), [a_call() for _ in range(1_200)]
    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)) as buffer:
        await buffer.record(calls)
        await until(lambda: buffer.pending == 0)
        backlog = buffer.backlog

    assert store.written == Counter(call.id for call in calls)
    assert backlog == NOTHING_WAITS
    assert files_in(tmp_path) == []


async def test_who_records_nothing_makes_no_folder(tmp_path: Path) -> None:
    async with BufferedUsageStore(CountingStore(), QUICK, journal=UsageJournal(tmp_path / "data" / "j")):
        pass

    assert files_in(tmp_path) == []


async def test_calls_reach_the_disk_while_the_store_is_frozen(tmp_path: Path) -> None:
    store, call = CountingStore(), a_call(id="saved")
    store.frozen = True
    async with BufferedUsageStore(store, IMPATIENT, journal=UsageJournal(tmp_path)) as buffer:
        await buffer.record([a_call()])
        await until(lambda: any(b"call-" in file.read_bytes() for file in files_in(tmp_path)))
        await buffer.record([call])

        await until(lambda: any(b"saved" in file.read_bytes() for file in files_in(tmp_path)))


async def test_a_long_outage_costs_disk_but_no_memory_and_no_call(tmp_path: Path) -> None:
    store, journal, count = away(), UsageJournal(tmp_path), 200_000
    pace = Pace(journal_seconds=0.001, pause_seconds=0.05, longest_pause_seconds=0.05, flush_seconds=60)
    async with BufferedUsageStore(store, pace, journal=journal) as buffer:
        tracemalloc.start()
        for number in range(0, count, 500):
            await buffer.record([a_call() for _ in range(500)])
            await until(lambda: journal.waiting >= number)  # noqa: B023 - awaited at once
        most_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        on_disk = sum(file.stat().st_size for file in files_in(tmp_path))
        store.available = True
        await until(lambda: buffer.pending == 0)

    assert on_disk > 100 * count
    assert most_bytes < 15_000_000
    assert len(store.written) == count
    assert buffer.backlog == NOTHING_WAITS


async def test_what_the_store_did_not_take_before_the_end_waits_for_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    calls, store = [a_call() for _ in range(700)], CountingStore()
    async with BufferedUsageStore(away(), IMPATIENT, journal=UsageJournal(tmp_path)) as first:
        await first.record(calls)
    left = files_in(tmp_path)
    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)) as second:
        await until(lambda: len(store.calls) == 700)
        await until(lambda: files_in(tmp_path) == [])

    assert first.dropped == 0
    assert "700 LLM calls wait in the journal" in caplog.text
    assert len(left) == 1
    assert store.written == Counter(call.id for call in calls)
    assert second.backlog == NOTHING_WAITS


async def test_calls_of_the_dead_are_told_of_while_the_store_is_away_and_written_once_it_is_back(
    tmp_path: Path,
) -> None:
    store = away()
    async with BufferedUsageStore(away(), IMPATIENT, journal=UsageJournal(tmp_path)) as first:
        await first.record([a_call(), a_call()])
    pace = msgspec.structs.replace(
        QUICK, adopt_seconds=3600
    )  # none is waited for while calls are known to wait
    async with BufferedUsageStore(store, pace, journal=UsageJournal(tmp_path)) as second:
        await until(lambda: second.backlog.waiting == 2)

        store.available = True
        await until(lambda: second.backlog.waiting == 0)

    assert len(store.calls) == 2


async def test_what_the_dead_left_is_let_go_by_who_ends_before_it_is_written(tmp_path: Path) -> None:
    frozen, store = CountingStore(), CountingStore()
    frozen.frozen = True
    async with BufferedUsageStore(away(), IMPATIENT, journal=UsageJournal(tmp_path)) as first:
        await first.record([a_call()])
    async with BufferedUsageStore(frozen, IMPATIENT, journal=UsageJournal(tmp_path)) as second:
        await until(lambda: second.backlog.waiting == 1)

    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)):
        await until(lambda: len(store.calls) == 1)


async def test_a_line_that_makes_no_sense_counts_as_a_lost_call(tmp_path: Path) -> None:
    (tmp_path / "torn.jsonl").write_text('{"id": "ca')
    async with BufferedUsageStore(CountingStore(), QUICK, journal=UsageJournal(tmp_path)) as buffer:
        await until(lambda: files_in(tmp_path) == [])

    assert buffer.backlog == Backlog(waiting=0, lost=1, journal="ok", journal_failures=0)


async def test_a_killed_process_loses_no_call_that_it_recorded_more_than_a_second_before(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.adapters.buffer.recorder", str(tmp_path)]
    recorded: list[tuple[float, str]] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220 - our own program, and nothing else runs here
        assert process.stdout
        for line in process.stdout:
            recorded.append((time.monotonic(), line.strip()))
            if recorded[-1][0] - recorded[0][0] > 2.5:
                break
        process.kill()
        killed_at = time.monotonic()
    promised = {name for at, name in recorded if at < killed_at - 1}

    store = CountingStore()
    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)) as buffer:
        await until(lambda: files_in(tmp_path) == [])

    assert len(promised) > 1_000
    assert promised <= store.written.keys()
    assert set(store.written.values()) == {1}
    assert buffer.dropped <= 1  # the line that was being written


async def test_who_reads_finds_what_is_in_memory_in_the_journal_and_left_by_the_dead(tmp_path: Path) -> None:
    async with BufferedUsageStore(away(), IMPATIENT, journal=UsageJournal(tmp_path)) as first:
        await first.record([a_call()])
    store = CountingStore()
    async with BufferedUsageStore(store, IDLE, journal=UsageJournal(tmp_path)) as second:
        await second.record([a_call(), a_call()])

        (total,) = await second.totals(UsageQuery())

        assert total.llm_calls.total_calls == 3
        assert second.pending == 0


async def test_several_living_processes_write_each_call_once(tmp_path: Path) -> None:
    store, calls = CountingStore(), [a_call() for _ in range(300)]
    buffers = [BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)) for _ in range(3)]
    for buffer in buffers:
        await buffer.__aenter__()
    for start in range(0, 300, 3):
        for number, buffer in enumerate(buffers):
            await buffer.record([calls[start + number]])
        await asyncio.sleep(0.001)
    for buffer in buffers:
        await buffer.__aexit__(None, None, None)

    assert store.written == Counter(call.id for call in calls)
    assert files_in(tmp_path) == []


async def test_without_room_on_the_disk_calls_go_straight_to_the_store_until_there_is_room_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, calls = CountingStore(), [a_call() for _ in range(30)]
    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)) as buffer:
        await buffer.record(calls[:10])
        await until(lambda: len(store.calls) == 10)
        with full_disk():
            await buffer.record(calls[10:20])
            await until(lambda: len(store.calls) == 20)
            while_full = buffer.backlog
            assert await buffer.check() is None
        await buffer.record(calls[20:])
        await until(lambda: buffer.backlog.journal == "ok")
        await until(lambda: len(store.calls) == 30)

    assert (while_full.journal, while_full.lost) == ("unavailable", 0)
    assert while_full.journal_failures > 0
    assert store.written == Counter(call.id for call in calls)
    assert len([record for record in caplog.records if "could not be written" in record.message]) == 1


async def test_without_a_disk_and_without_a_store_calls_wait_in_memory_up_to_its_capacity(
    tmp_path: Path,
) -> None:
    folder, store = tmp_path / "journal", away()
    folder.touch()
    pace = Pace(capacity=5, linger_seconds=0.01, pause_seconds=0.01, longest_pause_seconds=0.02)
    async with BufferedUsageStore(store, pace, journal=UsageJournal(folder)) as buffer:
        await buffer.record([a_call() for _ in range(7)])
        await until(lambda: buffer.backlog.journal == "unavailable")
        backlog = buffer.backlog
        store.available = True
        await until(lambda: buffer.pending == 0)

    assert (backlog.waiting, backlog.lost) == (5, 2)
    assert len(store.calls) == 5
    assert buffer.dropped == 2


async def test_while_the_journal_cannot_be_read_no_more_goes_in_and_calls_go_straight_to_the_store(
    tmp_path: Path,
) -> None:
    store = away()
    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)) as buffer:
        await buffer.record([a_call(id="in the journal")])
        await until(lambda: any(file.stat().st_size for file in files_in(tmp_path)))
        with unreadable(files_in(tmp_path)[0]):
            await until(lambda: buffer.backlog.journal == "unavailable")
            store.available = True
            await buffer.record([a_call(id="straight")])
            await until(lambda: ids(store.calls) == ["straight"])
        await until(lambda: ids(store.calls) == ["in the journal", "straight"])
        await until(lambda: buffer.backlog.journal == "ok")

    assert files_in(tmp_path) == []


async def test_calls_that_waited_in_memory_go_to_the_disk_once_it_is_back(tmp_path: Path) -> None:
    folder, store = tmp_path / "journal", CountingStore()
    folder.touch()
    async with BufferedUsageStore(away(), IMPATIENT, journal=UsageJournal(folder)) as first:
        await first.record([a_call()])
        await until(lambda: first.backlog.journal == "unavailable")
        folder.unlink()
        await until(lambda: first.backlog.journal == "ok")
    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(folder)):
        await until(lambda: len(store.calls) == 1)

    assert first.dropped == 0


async def test_a_disk_that_hangs_hinders_neither_recording_nor_writing_nor_the_end(tmp_path: Path) -> None:
    folder, store = hanging(tmp_path / "journal"), CountingStore()
    journal = UsageJournal(folder, patience_seconds=0.05)
    async with asyncio.timeout(10):
        async with BufferedUsageStore(store, QUICK, journal=journal) as buffer:
            await buffer.record([a_call()])
            await until(lambda: len(store.calls) == 1)
            assert buffer.backlog.journal == "unavailable"
            await buffer.record([a_call()])
            (total,) = await buffer.totals(UsageQuery())

    assert total.llm_calls.total_calls == 2
    assert buffer.dropped == 0
    folder.mended.set()


async def test_recording_does_not_give_way_to_another_task_whatever_the_disk_does(tmp_path: Path) -> None:
    folder = hanging(tmp_path / "journal")
    journal = UsageJournal(folder, patience_seconds=0.05)
    async with BufferedUsageStore(CountingStore(), QUICK, journal=journal) as buffer:
        await buffer.record([a_call()])
        await until(lambda: journal.hangs)

        with pytest.raises(StopIteration):
            buffer.record([a_call()]).send(None)
    folder.mended.set()


async def test_a_call_that_the_store_will_never_take_does_not_stay_in_the_journal(tmp_path: Path) -> None:
    store = CountingStore(poison=frozenset({"bad"}))
    calls = [a_call(id="bad"), a_call(id="good"), a_call(id="half a pair", model="\ud800")]
    async with BufferedUsageStore(store, QUICK, journal=UsageJournal(tmp_path)) as buffer:
        await buffer.record(calls)
        await until(lambda: buffer.pending == 0)

    assert ids(store.calls) == ["good"]
    assert buffer.dropped == 2
    assert files_in(tmp_path) == []


async def test_the_journal_is_known_to_fail_before_any_call_once_readiness_was_asked_for(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "journal"
    folder.touch()
    async with BufferedUsageStore(CountingStore(), QUICK, journal=UsageJournal(folder)) as buffer:
        assert await buffer.check() is None
        told = buffer.backlog.journal
        folder.unlink()
        await buffer.check()

        assert (told, buffer.backlog.journal) == ("unavailable", "ok")


async def test_a_buffer_without_a_journal_says_so() -> None:
    async with BufferedUsageStore(away(), IMPATIENT) as buffer:
        await buffer.record([a_call()])

        assert buffer.backlog == Backlog(waiting=1, lost=0, journal="not_configured", journal_failures=0)
        with pytest.raises(UsageStoreUnavailable):
            await buffer.check()
