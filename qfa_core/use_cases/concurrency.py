"""Running LLM calls side by side, with one plain error where any fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from qfa_core.errors import QFAError

T = TypeVar("T")
R = TypeVar("R")


async def run_all(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """
    Run *coroutines* at once and return their results in order.

    The first error cancels the rest and is raised as it is, not in a group.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def decide_ahead(
    decision: Coroutine[Any, Any, T], next_step: Coroutine[Any, Any, R], *, goes_on: Callable[[T], bool]
) -> tuple[T, R | None]:
    """
    Run *next_step* while *decision* is still being made.

    Where *goes_on* says no, the next step is cancelled and counts for nothing, its error included:
    the outcome is the same as if it had been started only after the decision.
    """

    async def decide() -> T:
        decided = await decision
        if not goes_on(decided):
            ahead.cancel()
        return decided

    ahead = asyncio.create_task(_outcome(next_step))
    try:
        decided = await decide()
        if not goes_on(decided):
            return decided, None
        outcome = await ahead
    finally:
        ahead.cancel()
    if isinstance(outcome, QFAError):
        raise outcome
    return decided, outcome


async def _outcome(step: Coroutine[Any, Any, R]) -> R | QFAError:
    try:
        return await step
    except QFAError as error:
        return error
