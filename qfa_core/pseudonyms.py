"""
Placeholders that stand for names while a text is away, and the way back.

A placeholder is `<KIND_n>`: the kind of what was found, and a number from 1 on that is
counted for each kind over the whole request.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from qfa_core.walking import map_strings

T = TypeVar("T")

REDACTED_IN_ANALYSES = frozenset({"PERSON", "NRP"})

_SPELLED_FREELY = frozenset({"PERSON", "NRP", "LOCATION", "EMAIL_ADDRESS"})
_SPACED_FREELY = frozenset({"PHONE_NUMBER", "IBAN_CODE", "CREDIT_CARD"})
_PLACEHOLDER = re.compile(r"<([A-Z][A-Z_]*)_([0-9]+)>")
# Also without brackets, in small letters or with leading zeros: a model may mend what it quotes.
_LIKE_A_PLACEHOLDER = re.compile(r"(?<![A-Z0-9_])([A-Z][A-Z_]*_)0*([0-9]+)", re.IGNORECASE)


class EntitySpan(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a text something identifying stands: characters *start* to *end*, end excluded."""

    start: int
    end: int
    kind: str


class PseudonymisedTexts(msgspec.Struct, frozen=True, kw_only=True):
    """Texts that may leave, and what their placeholders stand for (`<PERSON_1>` → `Maria`)."""

    texts: tuple[str, ...]
    originals: Mapping[str, str]


def identity_of(kind: str, value: str) -> str:
    """
    Return what makes two mentions of *kind* one value.

    Names and e-mail addresses count in any case and spacing, numbers with any punctuation, anything
    else as it is written.
    """
    if kind in _SPELLED_FREELY:
        return " ".join(unicodedata.normalize("NFC", value).split()).casefold()
    if kind in _SPACED_FREELY:
        return "".join(character for character in value if character.isalnum() or character == "+").casefold()
    return value


def pseudonymise(
    texts: Sequence[str],
    spans: Sequence[Sequence[EntitySpan]],
    *,
    identity: Callable[[str, str], str] = identity_of,
) -> PseudonymisedTexts:
    """
    Replace *spans* (one sequence a text, sorted, not overlapping) by placeholders.

    Two mentions get one placeholder if they are of one kind and *identity* maps them to the same; it
    stands for the fullest of them: of the most words, not all in capitals or small, the first of such.
    A number that a text itself uses in something like a placeholder is passed over, so that what
    a community member typed is never taken for ours.
    """
    taken = {
        "".join(match.groups()).upper()
        for text in texts
        if "_" in text
        for match in _LIKE_A_PLACEHOLDER.finditer(text)
    }
    placeholders: dict[tuple[str, str], str] = {}
    originals: dict[str, str] = {}
    counters: dict[str, int] = {}

    def placeholder_for(kind: str, value: str) -> str:
        key = (kind, identity(kind, value))
        if key not in placeholders:
            number = counters.get(kind, 0) + 1
            while f"{kind}_{number}" in taken:
                number += 1
            counters[kind] = number
            placeholders[key] = f"<{kind}_{number}>"
        placeholder = placeholders[key]
        known = originals.get(placeholder)
        if known is None or (value != known and _fullness(value) > _fullness(known)):
            originals[placeholder] = value
        return placeholder

    return PseudonymisedTexts(
        texts=tuple(_replace(text, found, placeholder_for) for text, found in zip(texts, spans, strict=True)),
        originals=originals,
    )


def _fullness(value: str) -> tuple[int, bool]:
    return len(value.split()), not (value.isupper() or value.islower())


def _replace(text: str, spans: Iterable[EntitySpan], placeholder_for: Callable[[str, str], str]) -> str:
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += (text[end : span.start], placeholder_for(span.kind, text[span.start : span.end]))
        end = span.end
    pieces.append(text[end:])
    return "".join(pieces)


def placeholders_in(texts: Iterable[str]) -> frozenset[str]:
    """Return everything in *texts* that has the form of a placeholder."""
    return frozenset(match.group(0) for text in texts for match in _PLACEHOLDER.finditer(text))


def without_strangers(text: str, known: Collection[str]) -> str:
    """
    Take the number off each placeholder that is not *known*: `<LOCATION>` stands for nothing.

    A model that reads a part of a corpus may make up a placeholder that stands for something in another.
    Those of kinds that stay redacted in analyses give nothing away, and are left alone.
    """

    def familiar(match: re.Match[str]) -> str:
        is_familiar = match.group(1) in REDACTED_IN_ANALYSES or match.group(0) in known
        return match.group(0) if is_familiar else f"<{match.group(1)}>"

    return _PLACEHOLDER.sub(familiar, text)


def without_placeholders(text: str) -> str:
    """Return what *text* says beside its placeholders, for whatever they would only mislead."""
    return _PLACEHOLDER.sub(" ", text)


def restore(value: T, originals: Mapping[str, str], *, redacted: Collection[str] = ()) -> T:
    """
    Put the originals back into a parsed answer: a string, or structs, tuples and lists of them.

    Placeholders of the *redacted* kinds stay, as do those that stand for nothing. One pass:
    an original that looks like a placeholder is not looked up again.
    """

    def original(match: re.Match[str]) -> str:
        if match.group(1) in redacted:
            return match.group(0)
        return originals.get(match.group(0), match.group(0))

    return map_strings(value, lambda text: _PLACEHOLDER.sub(original, text))
