"""Finding what a content filter refuses, by halves, so that all the rest is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from qfa_core.errors import ContentFiltered
from qfa_core.use_cases.concurrency import run_all

T = TypeVar("T")
R = TypeVar("R")


class Asked(msgspec.Struct, Generic[T, R], frozen=True, kw_only=True):
    """What came of asking about *items*: a result, or the refusal in its place."""

    items: Sequence[T]
    result: R | None = None
    refusal: ContentFiltered | None = None


class Halving:
    """Ask about many items at once, and about halves of what is refused; at most *most* halvings in all."""

    def __init__(self, most: int) -> None:
        self._left = most

    async def ask(
        self, items: Sequence[T], question: Callable[[Sequence[T]], Awaitable[R]]
    ) -> list[Asked[T, R]]:
        """
        Return what came of asking about *items*, in order, refused ones one by one.

        Both halves are asked about at once. When halvings are used up, whole rests are refused.
        Raises whatever else *question* raises.
        """
        try:
            return [Asked(items=items, result=await question(items))]
        except ContentFiltered as error:
            refusal = error
        if len(items) <= 1 or self._left == 0:
            return [Asked(items=items, refusal=refusal)]
        self._left -= 1
        return await self.ask_halves(items, question)

    async def ask_halves(
        self, items: Sequence[T], question: Callable[[Sequence[T]], Awaitable[R]]
    ) -> list[Asked[T, R]]:
        """Do the same with items that are known to be refused as a whole."""
        middle = (len(items) + 1) // 2
        halves = (half for half in (items[:middle], items[middle:]) if half)
        asked = await run_all(self.ask(half, question) for half in halves)
        return [one for of_half in asked for one in of_half]
