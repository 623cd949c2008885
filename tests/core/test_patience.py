"""Waiting with an end to it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from qfa_core.patience import within


async def _answer() -> int:
    await asyncio.sleep(0)
    return 42


async def _refuse() -> int:
    raise KeyError


async def test_what_comes_in_time_is_returned_or_raised() -> None:
    assert await within(5, _answer()) == 42
    with pytest.raises(KeyError):
        await within(5, _refuse())


@pytest.mark.parametrize("ends_badly", [True, False])
async def test_work_that_does_not_let_itself_be_stopped_is_left_behind(ends_badly: bool) -> None:
    released, events = asyncio.Event(), list[str]()

    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        events.append("cancelled")
        await released.wait()
        events.append("ended")
        if ends_badly:
            raise ValueError

    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError):
            await within(0.01, stubborn())
    await asyncio.sleep(0)
    events.append("gone on")
    released.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert events == ["cancelled", "gone on", "ended"]


async def test_whoever_is_cancelled_cancels_the_work() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    waiting = asyncio.create_task(within(60, work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    async with asyncio.timeout(5):
        await cancelled.wait()
