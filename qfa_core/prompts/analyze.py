"""Prompts of an analysis: the analyst's question over many records, and the judge of its answer."""

from __future__ import annotations

from collections.abc import Sequence

from qfa_core.feedback import FeedbackRecord
from qfa_core.llm import Prompt
from qfa_core.prompts.answer_schema import verdict_schema
from qfa_core.prompts.envelope import envelope
from qfa_core.prompts.records import with_dated_envelopes
from qfa_core.prompts.rules import FAITHFUL_RULE, NO_BLAME_RULE, QUESTION_RULE, system_message

_ROLE = (
    "You analyse feedback that community members gave to Red Cross and Red Crescent teams. "
    "An analyst asks a question; answer it from the feedback records, in plain prose with short headings."
)
_JUDGE_ROLE = (
    "You check analyses of community feedback. Compare the analysis with the analyst's question and the "
    "records: is every statement supported, is anything important left out, is the question answered?"
)


def analysis_prompt(
    records: Sequence[FeedbackRecord], question: str, *, output_language: str | None = None
) -> Prompt:
    """Ask *question* over *records*; the answer is prose."""
    return Prompt(
        task="analyze",
        system=system_message(
            _ROLE,
            FAITHFUL_RULE,
            NO_BLAME_RULE,
            "Order themes from the most to the least frequent; say roughly how many records support each.",
            "Say what the records cannot answer.",
            QUESTION_RULE,
            output_language=output_language,
        ),
        user=with_dated_envelopes(records, envelope("analyst_question", question)),
    )


def analysis_judge_prompt(
    records: Sequence[FeedbackRecord],
    question: str,
    analysis: str,
    *,
    output_language: str | None = None,
) -> Prompt:
    """Ask how far *analysis* can be trusted; the answer is a `Verdict`."""
    return Prompt(
        task="judge_analysis",
        system=system_message(_JUDGE_ROLE, output_language=output_language),
        user=with_dated_envelopes(
            records, envelope("analyst_question", question), envelope("analysis", analysis)
        ),
        answer_schema=verdict_schema(
            "What makes the analysis uncertain, in two or three sentences for the analyst",
            "How faithful and complete the analysis is",
        ),
    )
