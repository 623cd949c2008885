"""Combining the notes on all chunks to one analysis: a tree where they are too many for one call."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.chunking import cut_evenly
from qfa_core.errors import DeadlineExceeded, LLMError
from qfa_core.insights import CodingTrends
from qfa_core.llm import Prompt
from qfa_core.prompts.combine import Notes, combine_prompt, conclusion_prompt, notes_envelope
from qfa_core.prompts.trend_table import trend_table
from qfa_core.pseudonyms import placeholders_in, without_strangers
from qfa_core.use_cases.concurrency import run_all
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.shortening import shortened

NOT_CONCLUDED = "The notes on parts of the feedback could not be put together. The largest follow one by one."
MOST_NOTES_SHOWN = 20

_SHARE_OF_A_LEVEL = 0.5
_SHARE_OF_THE_CONCLUSION = 0.97  # the rest is for getting the answer out
_SHARE_OF_TRENDS = 0.25


class Conclusion(msgspec.Struct, frozen=True, kw_only=True):
    """
    The analysis of a corpus.

    *is_cut* where it ends at the provider's limit. *is_combined* is False where the notes stand in its place.
    *joined* is how many sets of notes were put side by side, shortened, since combining them failed.
    """

    text: str
    is_cut: bool = False
    is_combined: bool = True
    joined: int = 0


class NotesCombiner:
    """Combine notes that answer *question*, into notes that take no more than *note_tokens* a set."""

    def __init__(
        self, calls: LLMCalls, question: str, *, output_language: str | None, note_tokens: int
    ) -> None:
        self._calls = calls
        self._question = question
        self._output_language = output_language
        self._note_tokens = note_tokens
        self._joined = 0

    async def conclude(
        self, notes: Sequence[Notes], trends: CodingTrends | None, context: RequestContext
    ) -> Conclusion:
        """
        Combine *notes* until they fit into one call, the groups of a level at once, and conclude from them.

        *trends* are shown in the last call alone. Whatever fails or lacks time is made up for by the notes
        themselves: there is always a conclusion.
        """
        table = trend_table(trends, self._fits_as_table) if trends else None
        prompt = self._conclusion_prompt(notes, table)
        while not self._fits(prompt) and len(notes) > 1:
            notes = await self._level(notes, self._calls.for_a_while(context, _SHARE_OF_A_LEVEL))
            prompt = self._conclusion_prompt(notes, table)
        conclusion = await self._last(
            prompt, notes, self._calls.for_a_while(context, _SHARE_OF_THE_CONCLUSION)
        )
        return msgspec.structs.replace(conclusion, joined=self._joined)

    async def _level(self, notes: Sequence[Notes], context: RequestContext) -> list[Notes]:
        budget = self._calls.budget
        empty = combine_prompt((), self._question, output_language=self._output_language)
        room = budget.max_total_tokens - budget.tokens(empty.system, empty.user)
        groups = cut_evenly(notes, lambda note: budget.tokens(notes_envelope(note), "\n"), max(1, room))
        if len(groups) == len(notes):  # not even two fit side by side: they will, once shortened
            groups = [tuple(notes[start : start + 2]) for start in range(0, len(notes), 2)]
        return await run_all(self._combined(group, context) for group in groups)

    async def _combined(self, group: Sequence[Notes], context: RequestContext) -> Notes:
        if len(group) == 1:
            return group[0]
        prompt = combine_prompt(group, self._question, output_language=self._output_language)
        try:
            async with self._calls.within_deadline(context):
                text = self._own((await self._calls.prose(prompt, context)).text, group)
        except (LLMError, DeadlineExceeded):
            self._joined += len(group)
            text = self._side_by_side(group)
        days = [day for note in group for day in (note.first, note.last) if day]
        return Notes(
            text=shortened(text, self._note_tokens, self._calls.budget),
            record_count=sum(note.record_count for note in group),
            first=min(days, default=None),
            last=max(days, default=None),
        )

    async def _last(self, prompt: Prompt, notes: Sequence[Notes], context: RequestContext) -> Conclusion:
        try:
            async with self._calls.within_deadline(context):
                prose = await self._calls.prose(prompt, context)
        except (LLMError, DeadlineExceeded):
            return Conclusion(text=_one_by_one(notes), is_combined=False)
        return Conclusion(text=self._own(prose.text, notes), is_cut=prose.is_cut)

    def _own(self, text: str, notes: Sequence[Notes]) -> str:
        known = placeholders_in((*(note.text for note in notes), self._question))
        return without_strangers(text, known)

    def _side_by_side(self, group: Sequence[Notes]) -> str:
        each = max(1, self._note_tokens // len(group))
        return "\n\n".join(shortened(note.text, each, self._calls.budget) for note in group)

    def _conclusion_prompt(self, notes: Sequence[Notes], table: str | None) -> Prompt:
        return conclusion_prompt(notes, self._question, trends=table, output_language=self._output_language)

    def _fits(self, prompt: Prompt) -> bool:
        return self._calls.budget.allows(prompt.system, prompt.user)

    def _fits_as_table(self, table: str) -> bool:
        budget = self._calls.budget
        return budget.tokens(table) <= _SHARE_OF_TRENDS * budget.max_total_tokens


def _one_by_one(notes: Sequence[Notes]) -> str:
    """Return the notes on most records, in the order in which they came."""
    largest = sorted(range(len(notes)), key=lambda position: -notes[position].record_count)[:MOST_NOTES_SHOWN]
    shown = [notes[position] for position in sorted(largest)]
    return "\n\n".join((NOT_CONCLUDED, *(f"{_heading(note)}\n{note.text}" for note in shown)))


def _heading(note: Notes) -> str:
    days = f", {note.first} to {note.last}" if note.first and note.last else ""
    return f"{note.record_count} records{days}"
