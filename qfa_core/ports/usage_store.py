"""The port to where usage is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from qfa_core.usage import LLMCall, UsageQuery, UsageTotals


class UsageStore(Protocol):
    """A place that keeps LLM calls and adds them up."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        """
        Keep *calls* with every field, moments to the microsecond, all or none.

        A call whose id is already kept is left as it is, so that a batch may be recorded again; of calls
        with one id in a batch the first counts. Once this returns, the other methods know the calls.
        Raises InvalidInput if it can never hold one of them, UsageStoreUnavailable if the store cannot be
        reached.
        """
        ...

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        """
        Add up the calls that *query* selects as they are at one moment.

        There is a row a group that has any call, for each of the query's groupings, in no order.
        A request is the sum of those of its calls that the query selects, in the group they fall in.
        With no match, the grouping () still has its one row, of zeros.
        A bound may be any moment, the ends of the calendar in any time zone included.
        Raises UsageStoreUnavailable if the store cannot be reached.
        """
        ...

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        """
        Return the calls that started before *before*, the oldest first, at most *limit* of them.

        Calls that started at one moment come by id. Moments have a time zone.
        Raises UsageStoreUnavailable if the store cannot be reached.
        """
        ...

    async def forget(self, ids: Sequence[str]) -> int:
        """
        Delete the calls with these *ids*, any number, all or none, and return how many there were.

        An id that is not kept, or named twice, is no error. A forgotten call may be recorded anew.
        Raises InvalidInput if one of them can be no id of a call, UsageStoreUnavailable if the store cannot
        be reached.
        """
        ...

    async def check(self) -> None:
        """Raise UsageStoreUnavailable unless the store can be reached and used."""
        ...
