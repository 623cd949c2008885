"""Places for attempts: fewer while the provider limits, none while it asks to wait, fair to all who wait."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from qfa_adapters.llm.limit import Limit
from qfa_adapters.llm.retries import (
    LONGEST_PAUSE_SECONDS,
    LONGEST_WAIT_SECONDS,
    MAX_ATTEMPTS,
    backoff_seconds,
)
from qfa_adapters.llm.turns import Turns, Waiter
from qfa_core.budget import RequestContext
from qfa_core.errors import LLMRateLimited

# What may be said here: model and numbers.
_log = logging.getLogger("qfa.llm")

_LONGEST_DOUBT_SECONDS = 1.0


class Throttle:
    """
    Hand out places to attempts at *model*, *most* of them at a time where the provider does not limit.

    Report to it, before the place is given back, how the attempt went: `succeeded` or `limited`.
    A limit makes a pause for all. When it is over, half as many as before may go on, and not a single one
    to try the ground: an answer may take a minute, in which everybody would wait for it.
    *clock* is the one that deadlines are read on; a pause is over when *sleep* returns.
    """

    def __init__(
        self,
        model: str,
        most: int,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
    ) -> None:
        self._model = model
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._limit = Limit(most)
        self._under_way = 0
        self._turns = Turns()
        self._impatient: set[Waiter] = set()  # those of the turns who do not sit a long pause out
        self._pause: asyncio.Task[None] | None = None
        self._pause_ends_at = -math.inf

    @asynccontextmanager
    async def place(self, context: RequestContext) -> AsyncIterator[int]:
        """
        Hold a place, and say in which era of the limit it was taken.

        Waiting for it is the caller's to bound.
        Raises LLMRateLimited, with what remains of a pause, once that is more than *context* can wait for.
        """
        await self._take(context)
        try:
            yield self._limit.era
        finally:
            self._under_way -= 1
            self._hand_out()

    def succeeded(self, era: int) -> None:
        """Take note that an attempt of *era* was answered."""
        if self._limit.grow(era):
            _log.info("%s limits no more: up to %d at a time again.", self._model, self._limit.places)

    def limited(self, era: int, retry_after_seconds: float | None) -> None:
        """Take note that an attempt of *era* met a limit, and let all wait for as long as it asks."""
        is_news = self._limit.cut(era)
        seconds = self._pause_seconds(retry_after_seconds)
        if is_news:
            line = "%s limits: up to %d at a time, after a pause of %.1f s."
            _log.warning(line, self._model, self._limit.places, seconds)
        self._begin_pause(seconds)

    def close(self) -> None:
        """End a pause."""
        if self._pause is not None:
            self._pause.cancel()

    async def _take(self, context: RequestContext) -> None:
        self._refuse_a_pause_too_long(context)
        if self._is_open and not self._turns:
            self._under_way += 1
            return
        waiter = Waiter(context, asyncio.get_running_loop().create_future())
        self._turns.join(waiter)
        if not context.is_patient:
            self._impatient.add(waiter)
        try:
            refusal = await waiter.turn
        except asyncio.CancelledError:
            self._step_back(waiter)
            raise
        if refusal is not None:
            raise refusal

    def _step_back(self, waiter: Waiter) -> None:
        """Leave the turns, or the place where *waiter* was given one in the moment of being cancelled."""
        self._leave(waiter)
        if not waiter.turn.cancelled() and waiter.turn.done() and waiter.turn.result() is None:
            self._under_way -= 1
            self._hand_out()

    def _leave(self, waiter: Waiter) -> None:
        self._turns.leave(waiter)
        self._impatient.discard(waiter)

    def _refuse_a_pause_too_long(self, context: RequestContext) -> None:
        now = self._clock()
        seconds = self._pause_ends_at - now  # less than nothing where there is no pause
        longest_seconds = math.inf if context.is_patient else LONGEST_WAIT_SECONDS
        remaining_seconds = context.deadline.remaining_seconds(now)
        # A deadline that has passed is the caller's to notice: that is a time-out, not a limit.
        if seconds > longest_seconds or seconds >= remaining_seconds > 0:
            raise LLMRateLimited(retry_after_seconds=seconds)

    @property
    def _is_open(self) -> bool:
        return self._pause is None and self._under_way < self._limit.places

    def _hand_out(self) -> None:
        while self._is_open and self._turns:
            waiter = self._turns.next()
            self._impatient.discard(waiter)
            if not waiter.turn.done():  # cancelled, but not yet gone
                self._under_way += 1
                waiter.turn.set_result(None)

    def _pause_seconds(self, retry_after_seconds: float | None) -> float:
        """
        Return how long all wait.

        A provider that says nothing is asked less and less; one that names the same blink of an eye again and
        again is not asked much more than once a second.
        """
        cuts, random = self._limit.cuts_in_a_row, self._random()
        if retry_after_seconds is None:
            return backoff_seconds(cuts, random)
        doubt_seconds = min(backoff_seconds(cuts - MAX_ATTEMPTS, random), _LONGEST_DOUBT_SECONDS)
        return min(max(retry_after_seconds, doubt_seconds), LONGEST_PAUSE_SECONDS)

    def _begin_pause(self, seconds: float) -> None:
        """Begin a pause, or make the one that is on last longer."""
        self._pause_ends_at = max(self._pause_ends_at, self._clock() + seconds)
        if self._pause is None:
            self._pause = asyncio.create_task(self._sit_out(seconds, self._pause_ends_at))
            self._pause.add_done_callback(self._end_pause)
        if seconds > LONGEST_WAIT_SECONDS:
            for waiter in list(self._impatient):
                self._leave(waiter)
                if not waiter.turn.done():
                    waiter.turn.set_result(LLMRateLimited(retry_after_seconds=seconds))

    async def _sit_out(self, seconds: float, ends_at: float) -> None:
        await self._sleep(seconds)
        while self._pause_ends_at > ends_at:  # made longer meanwhile
            ends_at = self._pause_ends_at
            await self._sleep(max(0.0, ends_at - self._clock()))

    def _end_pause(self, _: asyncio.Task[None]) -> None:
        self._pause = None
        self._pause_ends_at = -math.inf
        self._hand_out()
