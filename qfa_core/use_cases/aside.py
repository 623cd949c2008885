"""Work on many records beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from qfa_core.feedback import FeedbackRecord

T = TypeVar("T")

QUICK_RECORDS = 250  # cleaned, counted or written into a prompt within a millisecond or two
QUICK_CHARACTERS = 50_000


async def aside(records: Sequence[FeedbackRecord], work: Callable[[], T]) -> T:
    """Do *work* on *records*: in a thread, so that other requests go on, unless it is over at once."""
    if len(records) <= QUICK_RECORDS and sum(len(record.content) for record in records) <= QUICK_CHARACTERS:
        return work()
    return await asyncio.to_thread(work)
