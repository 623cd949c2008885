"""Prompts of coding: which codes of one level apply to a record, and the judge of one code."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qfa_core.coding import Code
from qfa_core.llm import Prompt
from qfa_core.prompts.answer_schema import object_of, some_of, text, verdict_schema
from qfa_core.prompts.envelope import envelope
from qfa_core.prompts.records import record_envelope
from qfa_core.prompts.rules import system_message

MAX_NAMES_BELOW = 20
MAX_LISTED_CHOICES = 200  # OpenAI limits how many values the enums of a schema may hold

_PICK_ROLE = (
    "You code feedback that a community member gave to a Red Cross or Red Crescent team. "
    "The user message lists candidate codes of a coding framework, then the feedback record. "
    "Pick the codes that the record is about."
)
_JUDGE_ROLE = (
    "You check the coding of community feedback. The user message holds one code of a coding framework, "
    "with the codes above it, then the feedback record. Judge how well the code fits what the record says."
)
_VERDICT_SCHEMA = verdict_schema("Why the code fits or does not, in one sentence", "How well the code fits")


class PickedCodes(msgspec.Struct, frozen=True, kw_only=True):
    """The labels of the codes that apply, best first."""

    codes: list[str]


def label_of(position: int) -> str:
    """Return the label of the candidate at *position*, from 0; ids may repeat, labels do not."""
    return f"c{position + 1}"


def pick_prompt(candidates: Sequence[Code], parents: Sequence[Code], content: str, *, at_most: int) -> Prompt:
    """Ask which of *candidates*, below *parents*, apply; the answer is `PickedCodes`."""
    labels = [label_of(position) for position in range(len(candidates))]
    listed = "\n".join(
        _code_envelope(code, label=label) for label, code in zip(labels, candidates, strict=True)
    )
    return Prompt(
        task="pick_codes",
        system=system_message(
            _PICK_ROLE,
            f"Pick at most {at_most}, best first; most records need one or two.",
            "Pick none rather than one that does not fit: an empty list is a good answer.",
            "Answer with the labels of the codes.",
        ),
        user=f"{_path_envelope(parents)}{listed}\n\n{record_envelope(content)}",
        answer_schema=object_of({"codes": _labels_schema(labels)}),
    )


def code_judge_prompt(path: Sequence[Code], content: str) -> Prompt:
    """Ask how well the last code of *path* fits; the answer is a `Verdict`."""
    return Prompt(
        task="judge_code",
        system=system_message(_JUDGE_ROLE),
        user=f"{_path_envelope(path[:-1])}{_code_envelope(path[-1])}\n\n{record_envelope(content)}",
        answer_schema=_VERDICT_SCHEMA,
    )


def _code_envelope(code: Code, *, label: str | None = None) -> str:
    """Return a code with the names of those right below it: broad names say little by themselves."""
    below = "; ".join(child.name for child in code.children[:MAX_NAMES_BELOW])
    return envelope("code", code.name, label=label, includes=below)


def _path_envelope(parents: Sequence[Code]) -> str:
    return "".join(envelope("parent_code", code.name) + "\n" for code in parents)


def _labels_schema(labels: Sequence[str]) -> dict[str, object]:
    if len(labels) <= MAX_LISTED_CHOICES:
        return some_of(labels, "Labels of the codes that apply, best first")
    return {"type": "array", "items": text("Label of a code that applies")}
