"""The prompt that finds out whether a content filter lets records pass; what it answers is of no matter."""

from __future__ import annotations

from collections.abc import Iterable

from qfa_core.llm import Prompt
from qfa_core.prompts.records import record_envelope
from qfa_core.prompts.rules import system_message

_ROLE = (
    "The user message holds feedback that community members gave to Red Cross and Red Crescent teams. "
    "Read it, and answer with the one word: read."
)


def screening_prompt(contents: Iterable[str]) -> Prompt:
    """Have *contents* read; the answer is a word."""
    return Prompt(
        task="screen_records", system=system_message(_ROLE), user="\n".join(map(record_envelope, contents))
    )
