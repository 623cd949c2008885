"""What every provider's format is translated from and to."""

from __future__ import annotations

import re
from typing import Any, Literal, TypeVar

import msgspec

# Names end up in usage rows: whatever does not look like one is some text of the provider's.
_MODEL_NAME = re.compile(r"[A-Za-z0-9][\w.:@/-]{0,99}", re.ASCII)

# msgspec lets two errors through that are not its own: one for text that is no UTF-8, one for deep nesting.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

T = TypeVar("T")


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One model of one provider: *base* ends without a slash, *version* is "" where there is none."""

    model: str
    base: str
    version: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's reply says; tokens and *model* are None where it does not say."""

    text: str
    finish: Literal["stop", "length"]
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


def decoded(body: bytes, kind: type[T]) -> T | None:
    """Return *body* as *kind*, None where it is not that: the reason may quote the provider."""
    try:
        return msgspec.json.decode(body, type=kind)
    except _UNREADABLE:
        return None


def model_name(value: object) -> str | None:
    """Return the name that a provider gave its model, None where it gave something else."""
    return value if isinstance(value, str) and _MODEL_NAME.fullmatch(value) else None


def token_count(usage: object, name: str) -> int | None:
    """Return one figure of a usage block, None where it is missing or no count."""
    count: Any = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and count >= 0 else None


def encodable(text: str) -> str:
    """Return *text* with lone surrogates, which no JSON can carry to a provider, as question marks."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text  # as it is: a prompt may be a whole corpus, and this is no second one
