"""That writing usage neither delays a request nor loses a call without saying so."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence
from contextlib import suppress

import pytest

from qfa_adapters.buffer.pace import Pace
from qfa_adapters.buffer.usage_store import BufferedUsageStore
from qfa_core.errors import InvalidInput, UsageStoreUnavailable
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall, UsageQuery, UsageTotals
from tests.adapters.buffer.waiting import until
from tests.adapters.sql.calls import NOON, a_call

QUICK = Pace(linger_seconds=0.001, pause_seconds=0.001, longest_pause_seconds=0.002, flush_seconds=5)
IMPATIENT = Pace(linger_seconds=0.001, pause_seconds=0.001, longest_pause_seconds=0.002, flush_seconds=0.05)
IDLE = Pace(linger_seconds=3600)
HOUR = dt.timedelta(hours=1)


class WatchedStore(UsageStore):
    """Pass on to a fake, remember the sizes of batches, stall while *open* is not set, refuse *poison*."""

    def __init__(self, poison: str = "") -> None:
        self.fake = InMemoryUsageStore()
        self.batches: list[int] = []
        self.attempts = 0
        self.open = asyncio.Event()
        self.open.set()
        self._poison = poison

    async def record(self, calls: Sequence[LLMCall]) -> None:
        self.attempts += 1
        await self.open.wait()
        if any(call.id == self._poison for call in calls):
            raise InvalidInput
        await self.fake.record(calls)
        self.batches.append(len(calls))

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        return await self.fake.totals(query)

    async def check(self) -> None:
        await self.fake.check()


class StubbornStore(WatchedStore):
    """Hang while not *thawed*, even where cancelled: so does a driver that waits for a frozen database."""

    def __init__(self) -> None:
        super().__init__()
        self.thawed = asyncio.Event()
        self.hanging = 0

    async def record(self, calls: Sequence[LLMCall]) -> None:
        self.hanging += 1
        while not self.thawed.is_set():
            with suppress(asyncio.CancelledError):
                await self.thawed.wait()
        self.hanging -= 1
        await super().record(calls)


async def test_recording_returns_while_the_store_stalls() -> None:
    store = WatchedStore()
    store.open.clear()
    async with BufferedUsageStore(store, QUICK) as buffer:
        await buffer.record([a_call()])
        await until(lambda: store.attempts == 1)
        async with asyncio.timeout(1):
            await buffer.record([a_call()])

        assert buffer.pending == 2
        store.open.set()


async def test_recording_does_not_give_way_to_another_task() -> None:
    # So that a request which is being cancelled still gets its calls recorded.
    async with BufferedUsageStore(InMemoryUsageStore(), QUICK) as buffer:
        recording = buffer.record([a_call()])

        with pytest.raises(StopIteration):
            recording.send(None)


async def test_calls_are_written_by_themselves() -> None:
    store = WatchedStore()
    async with BufferedUsageStore(store, QUICK) as buffer:
        await buffer.record([a_call()])

        await until(lambda: store.batches == [1])
        assert buffer.pending == 0


async def test_calls_that_come_together_are_written_together_in_batches_of_bounded_size() -> None:
    store = WatchedStore()
    pace = Pace(linger_seconds=3600, batch_size=3)
    async with BufferedUsageStore(store, pace) as buffer:
        for _ in range(7):
            await buffer.record([a_call()])
        await until(lambda: buffer.pending == 0)

        assert store.batches == [3, 3, 1]


async def test_leaving_writes_what_waits_without_waiting_for_company() -> None:
    store = WatchedStore()
    async with asyncio.timeout(10):
        async with BufferedUsageStore(store, IDLE) as buffer:
            await buffer.record([a_call(), a_call()])
            await until(lambda: buffer.pending == 2)

    assert (len(store.fake.calls), buffer.pending, buffer.dropped) == (2, 0, 0)


async def test_who_reads_finds_the_calls_recorded_before() -> None:
    async with BufferedUsageStore(InMemoryUsageStore(), IDLE) as buffer:
        await buffer.record([a_call(), a_call()])

        (total,) = await buffer.totals(UsageQuery())

        assert total.llm_calls.total_calls == 2


async def test_reading_goes_on_with_what_is_there_when_writing_takes_too_long() -> None:
    store = WatchedStore()
    await store.record([a_call()])
    store.open.clear()
    async with BufferedUsageStore(store, IMPATIENT) as buffer:
        await buffer.record([a_call()])

        (total,) = await buffer.totals(UsageQuery())

        assert (total.llm_calls.total_calls, buffer.pending) == (1, 1)
        store.open.set()


async def test_a_store_that_comes_back_gets_every_call_once() -> None:
    store = WatchedStore()
    store.fake.available = False
    calls = [a_call() for _ in range(5)]
    async with BufferedUsageStore(store, QUICK) as buffer:
        await buffer.record(calls[:3])
        await until(lambda: store.attempts >= 3)
        await buffer.record(calls[3:])
        assert buffer.pending == 5

        store.fake.available = True
        await until(lambda: buffer.pending == 0)

    assert store.fake.calls == tuple(calls)
    assert sum(store.batches) == 5
    assert buffer.dropped == 0


async def test_reading_while_the_store_is_away_says_so_and_keeps_what_waits() -> None:
    fake = InMemoryUsageStore()
    fake.available = False
    async with BufferedUsageStore(fake, QUICK) as buffer:
        await buffer.record([a_call()])

        with pytest.raises(UsageStoreUnavailable):
            await buffer.totals(UsageQuery())

        assert buffer.pending == 1
        fake.available = True


async def test_a_full_buffer_refuses_the_newest_counts_them_and_complains_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    minutes = [0.0]
    buffer = BufferedUsageStore(
        InMemoryUsageStore(), Pace(capacity=2, linger_seconds=3600), clock=lambda: 60 * minutes[0]
    )
    await buffer.record([a_call(id="old"), a_call(id="older"), a_call(id="canary")])
    await buffer.record([a_call(id="canary")])
    complaints_in_the_first_minute = len(caplog.records)
    minutes[0] = 1.0
    await buffer.record([a_call(id="canary")])

    assert (buffer.pending, buffer.dropped) == (2, 3)
    assert complaints_in_the_first_minute == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert "canary" not in caplog.text


async def test_calls_that_the_store_will_never_take_do_not_hold_up_the_others() -> None:
    store = WatchedStore(poison="bad")
    async with BufferedUsageStore(store, Pace(linger_seconds=3600, batch_size=1)) as buffer:
        await buffer.record([a_call(id="bad"), a_call(id="good")])
        await until(lambda: buffer.pending == 0)

    assert [call.id for call in store.fake.calls] == ["good"]
    assert buffer.dropped == 1


async def test_the_calls_that_the_store_will_never_take_are_found_in_their_batch(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = WatchedStore(poison="bad")
    calls = [a_call() for _ in range(10)]
    async with BufferedUsageStore(store, QUICK) as buffer:
        await buffer.record([*calls[:3], a_call(id="bad"), *calls[3:]])
        await until(lambda: buffer.pending == 0)

    assert store.fake.calls == tuple(calls)
    assert buffer.dropped == 1
    assert "bad" not in caplog.text


async def test_a_store_that_hangs_counts_as_away_and_no_more_than_a_few_attempts_hang_at_once() -> None:
    store, call = StubbornStore(), a_call()
    pace = Pace(linger_seconds=0.001, pause_seconds=0.001, longest_pause_seconds=0.001, attempt_seconds=0.01)
    async with BufferedUsageStore(store, pace) as buffer:
        await buffer.record([call])
        await until(lambda: store.hanging == 4)
        await asyncio.sleep(0.1)  # time enough for more, were there no bound
        hanging_at_most = store.hanging

        store.thawed.set()
        await until(lambda: buffer.pending == 0)

    assert hanging_at_most == 4
    assert store.fake.calls == (call,)
    assert buffer.dropped == 0


async def test_leaving_while_the_store_is_away_ends_in_bounded_time_and_says_what_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = InMemoryUsageStore()
    fake.available = False
    async with asyncio.timeout(5):
        async with BufferedUsageStore(fake, IMPATIENT) as buffer:
            await buffer.record([a_call(), a_call()])

    assert buffer.dropped == 2
    assert "2 LLM calls could not be written" in caplog.text


async def test_leaving_while_the_store_stalls_ends_in_bounded_time() -> None:
    store = WatchedStore()
    store.open.clear()
    async with asyncio.timeout(5):
        async with BufferedUsageStore(store, IMPATIENT) as buffer:
            await buffer.record([a_call()])

    assert buffer.dropped == 1


async def test_old_calls_are_asked_for_and_forgotten_where_they_are_kept() -> None:
    fake, old, new = InMemoryUsageStore(), a_call(started_at=NOON), a_call(started_at=NOON + HOUR)
    await fake.record([old, new])
    async with BufferedUsageStore(fake, QUICK) as buffer:
        assert await buffer.oldest(NOON + HOUR, 10) == (old,)
        assert await buffer.forget([old.id]) == 1

    assert fake.calls == (new,)


async def test_a_buffer_that_nobody_empties_or_whose_store_is_away_is_not_ready() -> None:
    fake = InMemoryUsageStore()
    buffer = BufferedUsageStore(fake, QUICK)
    with pytest.raises(UsageStoreUnavailable):
        await buffer.check()
    async with buffer:
        assert await buffer.check() is None
        fake.available = False
        with pytest.raises(UsageStoreUnavailable):
            await buffer.check()
    with pytest.raises(UsageStoreUnavailable):
        await buffer.check()
