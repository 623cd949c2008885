"""Prompts that put the notes on many chunks together: group by group, and to the analysis in the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from qfa_core.llm import Prompt
from qfa_core.prompts.envelope import envelope
from qfa_core.prompts.rules import FAITHFUL_RULE, NO_BLAME_RULE, QUESTION_RULE, system_message

_ROLE = (
    "Colleagues have read feedback that community members gave to Red Cross and Red Crescent teams, chunk "
    "by chunk, and noted what it says to an analyst's question."
)
_COMBINE_TASK = (
    "Combine their notes into one set of notes for the next reader, in at most 500 words of plain prose."
)
_CONCLUDE_TASK = (
    "Answer the analyst's question from their notes, in plain prose with short headings, as one analysis of "
    "all the feedback; do not mention notes or chunks."
)
_SHARED_RULES = (
    FAITHFUL_RULE,
    NO_BLAME_RULE,
    "Put what is said of one theme in several notes together, and add up its records.",
    "Order themes from the most to the least frequent; say roughly how many records support each.",
    "Keep what is rare but grave: disclosures of abuse, exploitation, corruption or danger.",
)


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What was noted on *record_count* records of the days from *first* to *last*, None where unknown."""

    text: str
    record_count: int
    first: dt.date | None = None
    last: dt.date | None = None


def combine_prompt(notes: Iterable[Notes], question: str, *, output_language: str | None = None) -> Prompt:
    """Ask for one set of notes in the place of several; the answer is prose."""
    return Prompt(
        task="combine_notes",
        system=system_message(
            _ROLE, _COMBINE_TASK, *_SHARED_RULES, QUESTION_RULE, output_language=output_language
        ),
        user=f"{_envelopes(notes)}\n\n{envelope('analyst_question', question)}",
    )


def conclusion_prompt(
    notes: Iterable[Notes], question: str, *, trends: str | None = None, output_language: str | None = None
) -> Prompt:
    """Ask for the analysis, from *notes* on all records and the table of *trends*; the answer is prose."""
    table = "" if trends is None else envelope("coding_trends", trends) + "\n\n"
    return Prompt(
        task="conclude_analysis",
        system=system_message(
            _ROLE,
            _CONCLUDE_TASK,
            *_SHARED_RULES,
            "The table of coding trends, if there is one, holds exact counts of codes by period: say what "
            "changed, and trust it over counts in the notes.",
            "Say what the feedback cannot answer.",
            QUESTION_RULE,
            output_language=output_language,
        ),
        user=f"{_envelopes(notes)}\n\n{table}{envelope('analyst_question', question)}",
    )


def _envelopes(notes: Iterable[Notes]) -> str:
    return "\n".join(notes_envelope(note) for note in notes)


def notes_envelope(note: Notes) -> str:
    """Return notes in their envelope, with the number of records and the days that they are about."""
    first, last = (day.isoformat() if day else None for day in (note.first, note.last))
    return envelope("notes", note.text, records=str(note.record_count), first_day=first, last_day=last)
