"""Attempts at a throttle on a clock that the test moves by hand."""

from __future__ import annotations

import asyncio

from qfa_adapters.llm.retries import LONGEST_PAUSE_SECONDS
from qfa_adapters.llm.throttle import Throttle
from qfa_core.budget import Deadline, RequestContext

ALL_DAY = 86_400.0


class HandClock:
    """A clock whose sleepers wake as it is moved."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        woken = asyncio.Event()
        self._sleepers.append((self.now + seconds, woken))
        await woken.wait()

    def move_soon(self, seconds: float) -> None:
        self.now += seconds
        for wakes_at, woken in self._sleepers:
            if wakes_at <= self.now:
                woken.set()

    async def move(self, seconds: float) -> None:
        self.move_soon(seconds)
        await settle()


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


class Attempt:
    """One attempt of a call, which goes on until the test ends it."""

    def __init__(self, throttle: Throttle, context: RequestContext) -> None:
        self.is_patient = context.is_patient
        self.is_under_way = False
        self._throttle = throttle
        self._verdict: asyncio.Future[float | None] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self._run(context))

    async def _run(self, context: RequestContext) -> None:
        async with self._throttle.place(context) as era:
            self.is_under_way = True
            try:
                retry_after_seconds = await self._verdict
            finally:
                self.is_under_way = False
            if retry_after_seconds is None:
                self._throttle.succeeded(era)
            else:
                self._throttle.limited(era, retry_after_seconds or None)

    def succeed_soon(self) -> None:
        self._verdict.set_result(None)

    async def succeed(self) -> None:
        self.succeed_soon()
        await settle()

    def meet_a_limit_soon(self, retry_after_seconds: float) -> None:
        self._verdict.set_result(retry_after_seconds)

    async def meet_a_limit(self, retry_after_seconds: float = 0.0) -> None:
        """End with a 429; zero seconds: it does not say for how long."""
        self.meet_a_limit_soon(retry_after_seconds)
        await settle()

    async def cancel(self) -> None:
        self.task.cancel()
        await settle()


class Bench:
    """A throttle of so many places with its clock, and the attempts made so far."""

    def __init__(self, most: int, *, random: float = 1.0) -> None:
        self.clock = HandClock()
        self.throttle = Throttle(
            "openai/gpt-4o", most, clock=lambda: self.clock.now, sleep=self.clock.sleep, random=lambda: random
        )
        self.attempts: list[Attempt] = []

    def attempt(
        self,
        tenant_id: str = "a",
        request_id: str = "1",
        *,
        is_patient: bool = True,
        seconds: float = ALL_DAY,
    ) -> Attempt:
        context = RequestContext(
            tenant_id=tenant_id,
            operation="analyze",
            request_id=request_id,
            deadline=Deadline(expires_at=self.clock.now + seconds),
            is_patient=is_patient,
        )
        self.attempts.append(Attempt(self.throttle, context))
        return self.attempts[-1]

    async def attempts_of(
        self, number: int, tenant_id: str = "a", request_id: str = "1", *, is_patient: bool = True
    ) -> list[Attempt]:
        made = [self.attempt(tenant_id, request_id, is_patient=is_patient) for _ in range(number)]
        await settle()
        return made

    @property
    def under_way(self) -> int:
        return sum(attempt.is_under_way for attempt in self.attempts)

    async def end_all(self) -> None:
        """Let all that is left go well, in whatever pauses."""
        while waiting := [attempt for attempt in self.attempts if not attempt.task.done()]:
            for attempt in waiting:
                if attempt.is_under_way:
                    await attempt.succeed()
            await self.clock.move(LONGEST_PAUSE_SECONDS)
