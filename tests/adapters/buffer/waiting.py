"""Waiting for what other tasks, threads and processes do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest


async def until(condition: Callable[[], bool]) -> None:
    """Give way to other tasks until *condition* holds; fail if that takes twenty seconds."""
    try:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 - there is no event: it is looked at from outside
                await asyncio.sleep(0.001)
    except TimeoutError:
        pytest.fail("the condition never came true")
