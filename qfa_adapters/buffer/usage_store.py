"""Usage written behind the request, so that a slow or absent database costs a request nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Self

import msgspec

from qfa_core.errors import QFAError, StoreUnavailable, UsageStoreUnavailable
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall, UsageQuery, UsageTotals

_logger = logging.getLogger("qfa.usage")
_SECONDS_OF_QUIET = 60.0


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """
    How much is kept and how soon it is written.

    *capacity*: calls that may wait. *batch_size*: calls written at once. *linger_seconds*: how long a call
    waits for others. *pause_seconds*: between two attempts while the store is away, doubled each time up to
    *longest_pause_seconds*. *flush_seconds*: how long reading or stopping waits for writing.
    """

    capacity: int = 100_000
    batch_size: int = 500
    linger_seconds: float = 0.2
    pause_seconds: float = 0.5
    longest_pause_seconds: float = 30.0
    flush_seconds: float = 5.0


DEFAULT_PACE = Pace()


class BufferedUsageStore(UsageStore):
    """
    Keep calls in memory until *store* has them; use it as an async context manager, which does the writing.

    `record` never waits and never raises. While *store* is away, calls wait; those that find the buffer full
    are lost, counted in `dropped` and complained about once a minute.
    """

    def __init__(
        self, store: UsageStore, pace: Pace = DEFAULT_PACE, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._pace = pace
        self._waiting: deque[LLMCall] = deque()
        self._dropped = 0
        self._complaints = _Complaints(clock)
        self._writing = asyncio.Lock()
        self._arrived = asyncio.Event()
        self._closing = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    @property
    def pending(self) -> int:
        """How many calls wait to be written."""
        return len(self._waiting)

    @property
    def dropped(self) -> int:
        """How many calls were lost since the start."""
        return self._dropped

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write_behind(), name="usage writer")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what waits, for a bounded time, and stop."""
        self._closing.set()
        self._arrived.set()
        if self._writer is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.flush_seconds):
                    await self._writer
        if self._waiting:
            self._dropped += len(self._waiting)
            _logger.error("%d LLM calls could not be written before the end.", len(self._waiting))

    async def record(self, calls: Sequence[LLMCall]) -> None:
        room = self._pace.capacity - len(self._waiting)
        self._waiting.extend(calls[:room])
        if len(calls) > room:
            self._drop(len(calls) - room)
        self._arrived.set()

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        """Add up, once what waited is written, so that a caller finds the request that came before."""
        with suppress(TimeoutError, StoreUnavailable):
            async with asyncio.timeout(self._pace.flush_seconds):
                await self._flush()
        return await self._store.totals(query)

    async def check(self) -> None:
        """Raise UsageStoreUnavailable unless calls are being written and the store can be used."""
        if self._writer is None or self._writer.done():
            raise UsageStoreUnavailable
        await self._store.check()

    async def _write_behind(self) -> None:
        """Write whatever arrives, until the buffer is closed and empty."""
        while self._waiting or not self._closing.is_set():
            await self._arrived.wait()
            self._arrived.clear()
            if len(self._waiting) < self._pace.batch_size:
                await self._rest(self._pace.linger_seconds)
            await self._write_at_last()

    async def _write_at_last(self) -> None:
        """Write what waits, trying again with growing pauses while the store is away."""
        pause_seconds = self._pace.pause_seconds
        while True:
            try:
                return await self._flush()
            except StoreUnavailable:
                self._complaints.about("The usage store is away; %d LLM calls wait.", len(self._waiting))
            await self._rest(pause_seconds, while_closing=self._pace.pause_seconds)
            pause_seconds = min(2 * pause_seconds, self._pace.longest_pause_seconds)

    async def _flush(self) -> None:
        """Write the calls that wait now; those that come meanwhile can wait for the next time."""
        async with self._writing:
            left = len(self._waiting)
            while left > 0:
                batch = list(islice(self._waiting, min(left, self._pace.batch_size)))
                await self._write(batch)
                left -= len(batch)

    async def _write(self, batch: Sequence[LLMCall]) -> None:
        """Write the calls that have waited longest; forget them only then, so that none gets lost."""
        try:
            await self._store.record(batch)
        except StoreUnavailable:
            raise
        except QFAError:
            self._drop(len(batch))  # the store will never take these, and others wait behind them
        for _ in batch:
            self._waiting.popleft()

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


class _Complaints:
    """Errors in the log, each at most once a minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._quiet_until: dict[str, float] = {}

    def about(self, message: str, count: int) -> None:
        """Log *message*, which tells *count*, unless it was logged within the last minute."""
        now = self._clock()
        if now >= self._quiet_until.get(message, now):
            self._quiet_until[message] = now + _SECONDS_OF_QUIET
            _logger.error(message, count)
