"""Usage written behind the request, so that a slow or absent database costs a request nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Literal, Self

import msgspec

from qfa_adapters.buffer.complaints import Complaints
from qfa_adapters.buffer.delivery import Delivery
from qfa_adapters.buffer.journal import JournalUnavailable, UsageJournal
from qfa_adapters.buffer.pace import DEFAULT_PACE, Pace
from qfa_core.errors import StoreUnavailable, UsageStoreUnavailable
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall, UsageQuery, UsageTotals

_logger = logging.getLogger("qfa.usage")


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """
    What the store does not have yet, and what it will never have.

    *waiting*: calls in memory and in the journal, those that dead processes left included. *lost*: since the
    start. *journal_failures*: how often calls could not be appended to the journal since the start.
    """

    waiting: int
    lost: int
    journal: Literal["ok", "unavailable", "not_configured"]
    journal_failures: int


class BufferedUsageStore(UsageStore):
    """
    Keep calls until *store* has them; use it as an async context manager, which does the writing.

    `record` never waits and never raises. Calls go to memory, a moment later to *journal*, and from there to
    *store*. Where there is no journal, or it fails, they wait in memory; those that find it full are lost,
    counted in `dropped` and complained about once a minute. *clock* counts seconds.
    """

    def __init__(
        self,
        store: UsageStore,
        pace: Pace = DEFAULT_PACE,
        *,
        clock: Callable[[], float] = time.monotonic,
        journal: UsageJournal | None = None,
    ) -> None:
        self._store = store
        self._pace = pace
        self._journal = journal
        self._delivery = Delivery(store, pace)
        self._complaints = Complaints(clock)
        # By id: who saves and who writes may take the same call at once, and forget it twice.
        self._in_memory: dict[str, LLMCall] = {}
        self._dropped = 0
        self._saving = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._to_save = asyncio.Event()
        self._to_write = asyncio.Event()
        self._closing = asyncio.Event()
        self._looked_for_orphans = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._helpers: list[asyncio.Task[None]] = []

    @property
    def pending(self) -> int:
        """How many calls of this process wait to be written."""
        return len(self._in_memory) + (self._journal.waiting if self._journal else 0)

    @property
    def dropped(self) -> int:
        """How many calls were lost since the start."""
        return self._dropped + (self._journal.unreadable if self._journal else 0)

    @property
    def backlog(self) -> Backlog:
        """What is not in the store; asking touches neither the disk nor the store."""
        journal = self._journal
        if journal is None:
            return Backlog(
                waiting=self.pending, lost=self.dropped, journal="not_configured", journal_failures=0
            )
        return Backlog(
            waiting=self.pending + journal.orphaned,
            lost=self.dropped,
            journal="ok" if journal.is_usable else "unavailable",
            journal_failures=journal.failures,
        )

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write_behind(), name="usage writer")
        if self._journal is not None:
            self._helpers = [
                asyncio.create_task(self._save_behind(self._journal), name="usage saver"),
                asyncio.create_task(self._adopt_behind(self._journal), name="usage adopter"),
            ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what waits, for a bounded time, leave the rest to the journal, and stop."""
        for event in (self._closing, self._to_save, self._to_write):
            event.set()
        try:
            if self._writer is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.flush_seconds):
                        await self._writer
        finally:
            await self._leave()

    async def record(self, calls: Sequence[LLMCall]) -> None:
        for call in calls:
            if len(self._in_memory) < self._pace.capacity:
                self._in_memory.setdefault(call.id, call)
            else:
                self._drop(1)
        self._to_save.set()
        self._to_write.set()

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        """Add up, once what waited is written, so that a caller finds the request that came before."""
        with suppress(TimeoutError, StoreUnavailable, JournalUnavailable):
            async with asyncio.timeout(self._pace.flush_seconds):
                await self._flush()
                if self._helpers:
                    await self._looked_for_orphans.wait()
        return await self._store.totals(query)

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        return await self._store.oldest(before, limit)

    async def forget(self, ids: Sequence[str]) -> int:
        return await self._store.forget(ids)

    async def check(self) -> None:
        """
        Raise UsageStoreUnavailable unless calls are being written and the store can be used.

        The journal is probed in passing, so that the backlog tells its state; it may fail.
        """
        if self._writer is None or any(task.done() for task in (self._writer, *self._helpers)):
            raise UsageStoreUnavailable
        if self._journal is not None:
            await self._journal.probe()
        await self._store.check()

    async def _write_behind(self) -> None:
        """Write whatever arrives, until the buffer is closed and empty."""
        while self.pending or not self._closing.is_set():
            await self._to_write.wait()
            self._to_write.clear()
            if self.pending < self._pace.batch_size:
                await self._rest(self._pace.linger_seconds)
            for pause_seconds in self._pauses():
                try:
                    await self._flush()
                    break
                except StoreUnavailable:
                    self._complaints.about("The usage store is away; %d LLM calls wait.", self.pending)
                except JournalUnavailable:
                    pass  # it has complained; calls in it cannot be read for now
                await self._rest(pause_seconds, while_closing=self._pace.pause_seconds)

    async def _save_behind(self, journal: UsageJournal) -> None:
        """Move whatever arrives to the journal, however long the store takes over what came before."""
        while True:
            await self._to_save.wait()
            self._to_save.clear()
            await self._rest(self._pace.journal_seconds)
            for pause_seconds in self._pauses():
                try:
                    await self._save(journal)
                    break
                except JournalUnavailable:  # it has complained
                    await self._rest(pause_seconds, while_closing=self._pace.pause_seconds)

    async def _adopt_behind(self, journal: UsageJournal) -> None:
        """Write what dead processes left, now and every so often."""
        while True:
            with suppress(StoreUnavailable, JournalUnavailable):
                await journal.adopt(self._deliver)
            self._looked_for_orphans.set()
            # What is known to wait goes as soon as the store is back.
            await asyncio.sleep(
                self._pace.longest_pause_seconds if journal.orphaned else self._pace.adopt_seconds
            )

    async def _flush(self) -> None:
        """
        Write the calls that wait now; those that come meanwhile can wait for the next time.

        Raises StoreUnavailable, and JournalUnavailable where calls in the journal cannot be read.
        """
        async with self._writing:
            if self._journal is None:
                await self._write_from_memory()
                return
            if self._journal.is_usable:
                with suppress(JournalUnavailable):
                    await self._save(self._journal)
            try:
                await self._journal.empty(self._deliver)
            except JournalUnavailable:
                await self._write_from_memory()
                raise
            if not self._journal.is_usable:
                await self._write_from_memory()

    async def _save(self, journal: UsageJournal) -> None:
        """Move the calls that are in memory now to the journal. Raises JournalUnavailable."""
        async with self._saving:
            for batch in self._batches():
                left_out = await journal.append(batch)
                self._forget(batch)
                if left_out:
                    self._drop(left_out)

    async def _write_from_memory(self) -> None:
        for batch in self._batches():
            await self._deliver(batch)
            self._forget(batch)

    async def _deliver(self, calls: Sequence[LLMCall]) -> None:
        if refused := await self._delivery.write(calls):
            self._drop(refused)

    def _batches(self) -> Iterator[tuple[LLMCall, ...]]:
        """Yield the calls that are in memory now, the oldest first; each batch must be forgotten after it."""
        left = len(self._in_memory)
        while batch := tuple(islice(self._in_memory.values(), min(left, self._pace.batch_size))):
            yield batch
            left -= len(batch)

    def _forget(self, calls: Sequence[LLMCall]) -> None:
        for call in calls:
            self._in_memory.pop(call.id, None)

    async def _leave(self) -> None:
        """Stop every task, leave what is in memory to the journal, and say what stays behind."""
        for task in self._helpers:
            task.cancel()
        if self._helpers:
            await asyncio.wait(self._helpers)
        if self._journal is not None:
            with suppress(JournalUnavailable):
                await self._save(self._journal)
            if self._journal.waiting:
                _logger.warning("%d LLM calls wait in the journal for the next start.", self._journal.waiting)
            await self._journal.close()
        if self._in_memory:
            self._dropped += len(self._in_memory)
            _logger.error("%d LLM calls could not be written before the end.", len(self._in_memory))
            self._in_memory.clear()

    def _pauses(self) -> Iterator[float]:
        """Yield growing pauses, without end."""
        seconds = self._pace.pause_seconds
        while True:
            yield seconds
            seconds = min(2 * seconds, self._pace.longest_pause_seconds)

    async def _rest(self, seconds: float, *, while_closing: float = 0.0) -> None:
        """Sleep; closing ends that at once, and allows no longer sleep than *while_closing* from then on."""
        if self._closing.is_set():
            await asyncio.sleep(while_closing)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    def _drop(self, count: int) -> None:
        self._dropped += count
        self._complaints.about("LLM calls are missing in the usage figures: %d so far.", self._dropped)
