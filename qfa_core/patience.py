"""Waiting no longer than one is willing to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """
    Return what *work* returns; raise TimeoutError after *seconds*, whether it lets itself be stopped or not.

    `asyncio.timeout` waits for what it cancels. A driver that is cancelled may wait in turn for its server to
    confirm that, and a server that hangs never does: such work is cancelled, and left to itself.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait((task,), timeout=seconds)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:  # it may have failed in the very moment in which whoever waits was cancelled
        task.add_done_callback(_forget_the_outcome)
        task.cancel()


def _forget_the_outcome(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
