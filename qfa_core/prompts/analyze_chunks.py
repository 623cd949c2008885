"""Prompts that read a corpus chunk by chunk: the analyst's question over one chunk, and its judge."""

from __future__ import annotations

from collections.abc import Iterable

from qfa_core.llm import Prompt
from qfa_core.prompts.answer_schema import verdict_schema
from qfa_core.prompts.envelope import envelope
from qfa_core.prompts.rules import FAITHFUL_RULE, NO_BLAME_RULE, QUESTION_RULE, system_message

_ROLE = (
    "You analyse feedback that community members gave to Red Cross and Red Crescent teams. "
    "The feedback records in the user message are one chunk of many; an analyst asks a question about all "
    "of them. Note what this chunk says to the question, for whoever combines the notes on all chunks."
)
_JUDGE_ROLE = (
    "You check notes on a chunk of community feedback. Compare the notes with the analyst's question and "
    "the records: is every statement supported, is anything important left out?"
)
_VERDICT_SCHEMA = verdict_schema(
    "What makes the notes uncertain, in one sentence for the analyst",
    "How faithful and complete the notes are",
)


def chunk_prompt(records: Iterable[str], question: str, *, output_language: str | None = None) -> Prompt:
    """Ask *question* over one chunk of enveloped records; the answer is prose."""
    return Prompt(
        task="analyze_chunk",
        system=system_message(
            _ROLE,
            FAITHFUL_RULE,
            NO_BLAME_RULE,
            "Write at most 250 words in plain prose: one short paragraph a theme, from the most to the "
            "least frequent.",
            "Say for each theme how many records support it, when, and quote a few telling words. A record "
            "said by several counts as so many.",
            "Name every disclosure of abuse, exploitation, corruption or danger, however rare.",
            "The records need not have one theme in common. Say so if they do not answer the question.",
            QUESTION_RULE,
            output_language=output_language,
        ),
        user=_with_question(records, question),
    )


def chunk_judge_prompt(
    records: Iterable[str], question: str, notes: str, *, output_language: str | None = None
) -> Prompt:
    """Ask how far the *notes* on a chunk can be trusted; the answer is a `Verdict`."""
    return Prompt(
        task="judge_chunk",
        system=system_message(_JUDGE_ROLE, output_language=output_language),
        user=f"{_with_question(records, question)}\n\n{envelope('notes', notes)}",
        answer_schema=_VERDICT_SCHEMA,
    )


def _with_question(records: Iterable[str], question: str) -> str:
    return "\n".join((*records, "", envelope("analyst_question", question)))
