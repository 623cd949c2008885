"""JSON Schemas of the answers that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

Schema = dict[str, Any]


def object_of(properties: Schema) -> Schema:
    """Return an object whose properties are all required and which has no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def text(description: str) -> Schema:
    """Return a string."""
    return {"type": "string", "description": description}


def fraction(description: str) -> Schema:
    """Return a number; the limits stand in the words, for providers refuse `minimum` and `maximum`."""
    return {"type": "number", "description": f"{description}, from 0 to 1"}


def flag(description: str) -> Schema:
    """Return a boolean."""
    return {"type": "boolean", "description": description}


def some_of(choices: Sequence[str], description: str) -> Schema:
    """Return an array of any of *choices*."""
    return {
        "type": "array",
        "description": description,
        "items": {"type": "string", "enum": list(choices)},
    }


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A judge's answer: why, and how good from 0 to 1."""

    reason: str
    score: Annotated[float, msgspec.Meta(ge=0, le=1)]


def verdict_schema(reason: str, score: str) -> Schema:
    """Return the schema of a `Verdict`; the reason comes first, so that the score follows from it."""
    return object_of({"reason": text(reason), "score": fraction(score)})
