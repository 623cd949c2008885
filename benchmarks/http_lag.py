"""For how long an event loop was held."""

from __future__ import annotations

import asyncio
import time

import msgspec

TICK_SECONDS = 0.001
HELD_SECONDS = 0.05


class Lag(msgspec.Struct, kw_only=True):
    """How late a loop came to its ticks: at most, how often over 50 ms, and of how many."""

    longest_seconds: float = 0.0
    held: int = 0
    ticks: int = 0


class LagWatch:
    """Watch the running loop, a tick a millisecond, from the first `take` on."""

    def __init__(self) -> None:
        self._lag = Lag()
        self._ticking: asyncio.Task[None] | None = None

    def take(self) -> Lag:
        """Return what was seen since the last time."""
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        taken, self._lag = self._lag, Lag()
        return taken

    async def _tick(self) -> None:
        while True:
            due = time.perf_counter() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            late = time.perf_counter() - due
            self._lag.ticks += 1
            self._lag.held += late > HELD_SECONDS
            self._lag.longest_seconds = max(self._lag.longest_seconds, late)
