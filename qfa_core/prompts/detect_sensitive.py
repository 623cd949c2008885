"""The prompt that looks for sensitive disclosures in a record."""

from __future__ import annotations

import msgspec

from qfa_core.insights import SensitivityType
from qfa_core.llm import Prompt
from qfa_core.prompts.answer_schema import flag, object_of, some_of, text
from qfa_core.prompts.records import record_envelope
from qfa_core.prompts.rules import system_message

_ROLE = (
    "You screen feedback that community members gave to Red Cross and Red Crescent teams for sensitive "
    "content that a specialist must see: abuse, exploitation, corruption, threats and other misconduct. "
    "A disclosure that is missed harms somebody; a false alarm costs a minute."
)
_SCHEMA = object_of(
    {
        "explanation": text("Why, in one or two sentences"),
        "is_sensitive": flag("Whether a specialist must see this record"),
        "sensitivity_types": some_of(list(SensitivityType), "All kinds that apply; empty if not sensitive"),
    }
)


class SensitivityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether, of which kinds, and why; unknown kinds are passed over when read."""

    explanation: str
    is_sensitive: bool
    sensitivity_types: list[str]


def sensitivity_prompt(content: str) -> Prompt:
    """Ask whether one record is sensitive; the answer is a `SensitivityAnswer`."""
    return Prompt(
        task="detect_sensitive",
        system=system_message(
            _ROLE,
            "When in doubt, flag it. Hints, euphemisms, rumours and reports about others count.",
            "Name every kind that may apply.",
        ),
        user=record_envelope(content),
        answer_schema=_SCHEMA,
    )
