"""Forget old usage, a batch at a time, so that nothing else has to wait for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall, UsageQuery

BATCH_SIZE = 5_000

Archive = Callable[[Sequence[LLMCall]], Awaitable[None]]


class PruneUsage:
    """
    Delete the LLM calls that started before a moment, which has a time zone.

    Each method raises UsageStoreUnavailable if the store cannot be reached.
    """

    def __init__(self, store: UsageStore, batch_size: int = BATCH_SIZE) -> None:
        self._store = store
        self._batch_size = batch_size

    async def count(self, before: dt.datetime) -> int:
        """Return how many calls there are to delete; delete none."""
        (totals,) = await self._store.totals(UsageQuery(until=before))
        return totals.llm_calls.total_calls

    async def prune(
        self,
        before: dt.datetime,
        *,
        archive: Archive | None = None,
        on_forgotten: Callable[[int], None] = lambda _: None,
    ) -> int:
        """
        Delete the calls, the oldest first, and return how many were deleted.

        *archive* gets each batch before it is deleted, and its error ends the work: a call may then be
        archived twice, as it may where two prune at once, but is never lost. *on_forgotten* is told how many
        calls each batch deleted. What was deleted before an error stays so.
        """
        forgotten = 0
        while calls := await self._store.oldest(before, self._batch_size):
            if archive is not None:
                await archive(calls)
            count = await self._store.forget([call.id for call in calls])
            on_forgotten(count)
            forgotten += count
        return forgotten
