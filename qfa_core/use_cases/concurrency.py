"""Running LLM calls side by side, with one plain error where any fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from qfa_core.errors import QFAError

T = TypeVar("T")
R = TypeVar("R")


async def run_all(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """
    Run *coroutines* at once and return their results in order.

    The first error cancels the rest and is raised as it is, not in a group.
    """
    with _plain_errors():
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
    return [task.result() for task in tasks]


async def run_both(first: Coroutine[Any, Any, T], second: Coroutine[Any, Any, R]) -> tuple[T, R]:
    """Run two coroutines at once, as `run_all` does, and return what both return."""
    with _plain_errors():
        async with asyncio.TaskGroup() as group:
            tasks = group.create_task(first), group.create_task(second)
    return tasks[0].result(), tasks[1].result()


async def decide_ahead(
    decision: Coroutine[Any, Any, T],
    next_step: Callable[[], Coroutine[Any, Any, R]],
    *,
    goes_on: Callable[[T], bool],
) -> tuple[T, R | None]:
    """
    Run *next_step* while *decision* is still being made.

    Where *goes_on* says no, the next step is cancelled and counts for nothing, its error included:
    the outcome is the same as if it had been started only after the decision.
    """
    with _plain_errors():
        async with asyncio.TaskGroup() as group:
            ahead = group.create_task(_outcome(next_step))
            decided = await decision
            if not goes_on(decided):
                ahead.cancel()
                return decided, None
    outcome = ahead.result()
    if isinstance(outcome, QFAError):
        raise outcome
    return decided, outcome


async def _outcome(step: Callable[[], Coroutine[Any, Any, R]]) -> R | QFAError:
    """Keep an error for later: raised in a task group, it would cancel a decision that may not need it."""
    try:
        return await step()
    except QFAError as error:
        return error


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Raise the first error of a task group as it is."""
    try:
        yield
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
