"""Texts that say the same, word for word: sent to a language model once, and counted for all of them."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache

_TELLING = "?؟;%"  # a question is not a statement (`;` asks in Greek), and 5 % is not 5


def said(text: str) -> str:
    """
    Return what *text* says, whatever its case, white space and punctuation.

    No letter, digit or sign is passed over, nor a mark beside a digit: of two texts that differ in one
    word, the other may hold the disclosure.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_punctuation().sub(" ", plain).split()) or text.strip()


def first_of_their_kind(texts: Iterable[str]) -> tuple[int, ...]:
    """Return for each text the position of the first that says the same: its own where it is the first."""
    first: dict[str, int] = {}
    return tuple(first.setdefault(said(text), position) for position, text in enumerate(texts))


@cache
def _punctuation() -> re.Pattern[str]:
    """Return what finds punctuation that stands beside no digit: there it may be part of the number."""
    marks = {mark for mark in map(chr, range(sys.maxunicode)) if unicodedata.category(mark).startswith("P")}
    listed = re.escape("".join(sorted(marks.difference(_TELLING))))
    return re.compile(rf"(?<!\d)[{listed}](?!\d)")
