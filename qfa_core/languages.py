"""The language that an analyst asks for, in words of their own."""

from __future__ import annotations

import unicodedata

MAX_OUTPUT_LANGUAGE_CHARACTERS = 50

_PUNCTUATION = frozenset("-()'")


def clean_output_language(text: str | None) -> str | None:
    """
    Reduce a free-text language (“Brazilian Portuguese”, “हिन्दी”) to what may stand in a system message.

    Letters, combining marks, single spaces and `-()'` stay, at most 50 characters of them, in NFC.
    Nothing is ever refused; None where nothing is left.
    """
    kept = "".join(filter(_may_stay, " ".join(unicodedata.normalize("NFC", text or "").split())))
    # Characters that were dropped may have kept spaces apart, or a mark from its letter.
    tidy = unicodedata.normalize("NFC", " ".join(kept.split()))
    return tidy[:MAX_OUTPUT_LANGUAGE_CHARACTERS].rstrip() or None


def _may_stay(character: str) -> bool:
    return (
        character == " "
        or character in _PUNCTUATION
        or unicodedata.category(character).startswith(("L", "M"))
    )
