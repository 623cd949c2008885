"""Places for attempts: the patient get fewer while the provider limits, and none while it asks to wait."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from qfa_adapters.llm.limit import Limit
from qfa_adapters.llm.retries import LONGEST_PAUSE_SECONDS, MAX_ATTEMPTS, backoff_seconds
from qfa_adapters.llm.turns import Turns, Waiter
from qfa_core.budget import Deadline, RequestContext
from qfa_core.errors import LLMRateLimited

# What may be said here: model and numbers.
_log = logging.getLogger("qfa.llm")

_LONGEST_DOUBT_SECONDS = 1.0


class Throttle:
    """
    Hand out places to attempts at *model*, *most* of them at a time.

    Report to it, before the place is given back, how the attempt went: `succeeded` or `limited`.
    A limit, whoever met it, makes a pause for the patient. When it is over, half as many of them as before
    may go on, and not just one to try the ground: an answer may take a minute, in which all wait for it.
    All others take any place that is free. Where both wait, places go to the ones and the others in turn.
    *clock* is the one that deadlines are read on; a pause is over by it, or when *sleep* returns.
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
        self._most = most
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._limit = Limit(most)  # of the patient
        self._turns = {is_patient: Turns() for is_patient in (True, False)}
        self._under_way: Counter[bool] = Counter()  # by patience, too
        self._last_was_patient = False
        self._pause: asyncio.Task[None] | None = None  # only where somebody waits for its end
        self._pause_ends_at = -math.inf

    @asynccontextmanager
    async def place(self, context: RequestContext) -> AsyncIterator[int]:
        """
        Hold a place, and say in which era of the limit it was taken.

        Waiting for it is the caller's to bound.
        Raises LLMRateLimited, with what remains of a pause, where that is more than a patient *context* has.
        """
        if context.is_patient:
            self._refuse_a_pause_beyond(context.deadline)
        await self._turn(context)
        try:
            yield self._limit.era
        finally:
            self._give_back(context)

    def succeeded(self, era: int) -> None:
        """Take note that an attempt of *era* was answered."""
        if self._limit.grow(era):
            line = "%s limits no more: up to %d patient calls at a time again."
            _log.info(line, self._model, self._limit.places)

    def limited(self, era: int, retry_after_seconds: float | None) -> None:
        """Take note that an attempt of *era* met a limit, and let the patient wait for as long as it asks."""
        is_news = self._limit.cut(era)
        seconds = self._pause_seconds(retry_after_seconds)
        if is_news:
            line = "%s limits: patient calls wait for %.1f s, then up to %d at a time."
            _log.warning(line, self._model, seconds, self._limit.places)
        self._pause_ends_at = max(self._pause_ends_at, self._clock() + seconds)

    def close(self) -> None:
        """End a pause."""
        if self._pause is not None:
            self._pause.cancel()
        self._end_pause()

    def _refuse_a_pause_beyond(self, deadline: Deadline) -> None:
        now = self._clock()
        seconds = self._pause_ends_at - now  # less than nothing where there is no pause
        # A deadline that has passed is the caller's to notice: that is a time-out, not a limit.
        if seconds >= deadline.remaining_seconds(now) > 0:
            raise LLMRateLimited(retry_after_seconds=seconds)

    async def _turn(self, context: RequestContext) -> None:
        waiter = Waiter(context, asyncio.get_running_loop().create_future())
        self._turns[context.is_patient].join(waiter)
        self._hand_out()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            self._turns[context.is_patient].leave(waiter)
            if not waiter.turn.cancelled():  # it came in the moment of being cancelled
                self._give_back(context)
            raise

    def _give_back(self, context: RequestContext) -> None:
        self._under_way[context.is_patient] -= 1
        self._hand_out()

    def _hand_out(self) -> None:
        while (waiter := self._next()) is not None:
            if not waiter.turn.done():  # cancelled, but not yet gone
                self._last_was_patient = waiter.context.is_patient
                self._under_way[waiter.context.is_patient] += 1
                waiter.turn.set_result(None)
        if self._is_paused and self._turns[True] and self._pause is None:
            self._pause = asyncio.create_task(self._sit_out())

    def _next(self) -> Waiter | None:
        for is_patient in (not self._last_was_patient, self._last_was_patient):
            if self._turns[is_patient] and self._has_place(is_patient):
                return self._turns[is_patient].next()
        return None

    def _has_place(self, is_patient: bool) -> bool:
        is_held_up = is_patient and (self._is_paused or self._under_way[True] >= self._limit.places)
        return not is_held_up and self._under_way.total() < self._most

    @property
    def _is_paused(self) -> bool:
        return self._clock() < self._pause_ends_at

    def _pause_seconds(self, retry_after_seconds: float | None) -> float:
        """
        Return how long the patient wait.

        A provider that says nothing is asked less and less; one that names the same blink of an eye again and
        again is not asked much more than once a second.
        """
        cuts, random = self._limit.cuts_in_a_row, self._random()
        if retry_after_seconds is None:
            return backoff_seconds(cuts, random)
        doubt_seconds = min(backoff_seconds(cuts - MAX_ATTEMPTS, random), _LONGEST_DOUBT_SECONDS)
        return min(max(retry_after_seconds, doubt_seconds), LONGEST_PAUSE_SECONDS)

    async def _sit_out(self) -> None:
        ends_at = -math.inf
        try:
            while ends_at < self._pause_ends_at:  # again where it was made longer meanwhile
                ends_at = self._pause_ends_at
                await self._sleep(max(0.0, ends_at - self._clock()))
        finally:
            self._end_pause()

    def _end_pause(self) -> None:
        self._pause, self._pause_ends_at = None, -math.inf
        self._hand_out()
