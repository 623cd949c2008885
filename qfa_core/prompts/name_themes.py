"""The prompt that finds names for groups of records that lie close to each other."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qfa_core.llm import Prompt
from qfa_core.prompts.answer_schema import object_of, text
from qfa_core.prompts.envelope import envelope
from qfa_core.prompts.rules import FAITHFUL_RULE, NO_BLAME_RULE, system_message

_ROLE = (
    "You name themes of feedback that community members gave to Red Cross and Red Crescent teams. Each "
    "group in the user message holds typical records of one theme; find out what they have in common."
)
_SCHEMA = object_of(
    {
        "themes": {
            "type": "array",
            "description": "One entry a group, in the order of the groups",
            "items": object_of(
                {
                    "label": text("The group's label"),
                    "title": text("A title of at most eight words"),
                    "description": text("What is said, in one or two sentences"),
                }
            ),
        }
    }
)


class NamedTheme(msgspec.Struct, frozen=True, kw_only=True):
    """What the group with *label* is about."""

    label: str
    title: str
    description: str


class NamedThemes(msgspec.Struct, frozen=True, kw_only=True):
    """What each group is about."""

    themes: list[NamedTheme]


def label_of(position: int) -> str:
    """Return the label of the group at *position*, from 0."""
    return f"g{position + 1}"


def themes_prompt(groups: Sequence[Sequence[str]], *, output_language: str | None = None) -> Prompt:
    """Ask what each of *groups*, typical texts of one cluster each, is about; the answer is `NamedThemes`."""
    return Prompt(
        task="name_themes",
        system=system_message(
            _ROLE,
            FAITHFUL_RULE,
            NO_BLAME_RULE,
            "Give titles that tell the groups apart; no numbers, no names of people.",
            output_language=output_language,
        ),
        user="\n".join(
            envelope("feedback_record", record, group=label_of(position))
            for position, records in enumerate(groups)
            for record in records
        ),
        answer_schema=_SCHEMA,
    )
