"""Whether the event loop gets its turn while something works."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

_BEAT_SECONDS = 0.005
_TRIES = 3


async def least_silence_seconds(work: Callable[[], Awaitable[Any]], *, enough_seconds: float) -> float:
    """
    Do *work*, and return for how long at a time a task beside it did not get its turn.

    Where that is more than *enough_seconds*, which may be the machine's doing, it is tried twice more.
    """
    silences: list[float] = []
    while len(silences) < _TRIES and min(silences, default=math.inf) > enough_seconds:
        silences.append(await _longest_silence_seconds(work()))
    return min(silences)


async def ends_soon(task: asyncio.Task[Any], *, seconds: float) -> bool:
    """Cancel *task*, and return whether it ends as cancelled within *seconds*, unless it had ended before."""
    if not task.cancel():
        return True
    await asyncio.wait((task,), timeout=seconds)
    return task.done() and task.cancelled()


async def _beat(silences: list[float]) -> None:
    last = time.monotonic()
    while True:
        await asyncio.sleep(_BEAT_SECONDS)
        now = time.monotonic()
        silences.append(now - last - _BEAT_SECONDS)
        last = now


async def _longest_silence_seconds(work: Awaitable[Any]) -> float:
    silences: list[float] = []
    beating = asyncio.create_task(_beat(silences))
    await asyncio.sleep(0)
    try:
        await work
        await asyncio.sleep(2 * _BEAT_SECONDS)  # a beat that is due by now is heard, too
    finally:
        beating.cancel()
    return max(silences)
