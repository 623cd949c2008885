"""Asking over many records at once though a content filter refuses some: they are found, and told apart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.errors import ContentFiltered, LLMAnswerUnusable
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import FilteredRecord
from qfa_core.prompts.screen import screening_prompt
from qfa_core.use_cases.halving import Halving
from qfa_core.use_cases.llm_calls import LLMCalls

MOST_HALVINGS = 200

R = TypeVar("R")


class Passed(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """The *result* over the records that the filter let pass, and those that it did not."""

    result: R
    records: Sequence[FeedbackRecord]
    filtered: tuple[FilteredRecord, ...] = ()


async def past_the_filter(
    calls: LLMCalls,
    records: Sequence[FeedbackRecord],
    question: Callable[[Sequence[FeedbackRecord]], Awaitable[R]],
    context: RequestContext,
) -> Passed[R]:
    """
    Ask *question* over *records*, or over those that are left once the refused ones were found.

    They are found by halves, in calls that ask for a single word: at most two for each of 200 halvings, then
    whole rests count as refused. Raises ContentFiltered where all are refused, or none is by itself: then
    it is not the records that the filter minds. Raises whatever else *question* raises.
    """
    try:
        return Passed(result=await question(records), records=records)
    except ContentFiltered as error:
        refusal = error

    async def screen(some: Sequence[FeedbackRecord]) -> bool:
        with suppress(LLMAnswerUnusable):  # what says nothing was let in
            await calls.prose(screening_prompt(record.content for record in some), context)
        return True

    asked = await Halving(MOST_HALVINGS).ask_halves(records, screen) if len(records) > 1 else []
    passed = [record for one in asked if one.refusal is None for record in one.items]
    refused = [
        FilteredRecord(record_id=record.id, categories=one.refusal.categories)
        for one in asked
        if one.refusal is not None
        for record in one.items
    ]
    if not passed or not refused:
        raise refusal
    return Passed(result=await question(passed), records=passed, filtered=tuple(refused))
