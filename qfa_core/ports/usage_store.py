"""The port to where usage is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qfa_core.usage import LLMCall, UsageQuery, UsageTotals


class UsageStore(Protocol):
    """A place that keeps LLM calls and adds them up."""

    async def record(self, calls: Sequence[LLMCall]) -> None:
        """
        Keep *calls*, all or none.

        A call whose id is already kept is left as it is, so that a batch may be recorded again.
        Raises UsageStoreUnavailable if the store cannot be reached.
        """
        ...

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        """
        Add up the calls that *query* selects, one row a group that has any call, in no order.

        A request is the sum of those of its calls that the query selects, in the group they fall in.
        With no match: () where the query groups, one zero row where it does not.
        Raises UsageStoreUnavailable if the store cannot be reached.
        """
        ...

    async def check(self) -> None:
        """Raise UsageStoreUnavailable unless the store can be reached and used."""
        ...
