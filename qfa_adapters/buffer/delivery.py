"""Delivery of calls to a store that may be slow, away, or unwilling."""

from __future__ import annotations

from collections.abc import Sequence

from qfa_adapters.buffer.pace import Pace
from qfa_core.errors import QFAError, StoreUnavailable, UsageStoreUnavailable
from qfa_core.patience import within
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall

# Two are wanted, for the living and the dead. Further ones hang, each with one of the store's connections.
_MOST_UNDER_WAY = 4


class Delivery:
    """
    Write calls to *store*, in batches, and find those that it will never take.

    A store that takes longer over a batch than *pace* allows counts as away; so it does while a few attempts
    that nobody waits for any more have not come to their end.
    """

    def __init__(self, store: UsageStore, pace: Pace) -> None:
        self._store = store
        self._pace = pace
        self._under_way = 0

    async def write(self, calls: Sequence[LLMCall]) -> int:
        """
        Write *calls*, and return how many of them the store will never take.

        Raises StoreUnavailable; then some may have been written, and all may be written again.
        """
        size = self._pace.batch_size
        batches = [calls[start : start + size] for start in range(0, len(calls), size)]
        return sum([await self._write(batch) for batch in batches])

    async def _write(self, batch: Sequence[LLMCall]) -> int:
        try:
            await self._attempt(batch)
        except StoreUnavailable:
            raise
        except QFAError:
            if len(batch) == 1:
                return 1
            half = len(batch) // 2
            return await self._write(batch[:half]) + await self._write(batch[half:])
        return 0

    async def _attempt(self, batch: Sequence[LLMCall]) -> None:
        if self._under_way >= _MOST_UNDER_WAY:
            raise UsageStoreUnavailable
        try:
            error = await within(self._pace.attempt_seconds, self._record(batch))
        except TimeoutError:
            raise UsageStoreUnavailable from None
        if error is not None:
            raise error

    async def _record(self, batch: Sequence[LLMCall]) -> QFAError | None:
        """Record *batch*; return what is wrong, since whoever waited for it may be gone and not hear it."""
        self._under_way += 1
        try:
            await self._store.record(batch)
        except QFAError as error:
            return error
        finally:
            self._under_way -= 1
        return None
