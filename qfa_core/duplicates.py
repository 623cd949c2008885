"""Texts that say the same, word for word: sent to a language model once, and counted for all of them."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import cache

_TELLING = "?؟;%"  # a question is not a statement (`;` asks in Greek), and 5 % is not 5
_BEGINS_A_NUMBER = "-–.,"


def said(text: str) -> str:
    """
    Return what *text* says, whatever its case, white space and punctuation.

    No letter, digit or sign is passed over, nor a mark that a number may mean: of two texts that differ in
    one word, the other may hold the disclosure.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_punctuation().sub(" ", plain).split()) or text.strip()


def first_of_their_kind(texts: Iterable[str]) -> tuple[int, ...]:
    """Return for each text the position of the first that says the same: its own where it is the first."""
    first: dict[str, int] = {}
    return tuple(first.setdefault(said(text), position) for position, text in enumerate(texts))


@cache
def _punctuation() -> re.Pattern[str]:
    """Return what finds punctuation, but for marks within a number and for its sign or decimal point."""
    marks = {mark for mark in map(chr, range(sys.maxunicode)) if unicodedata.category(mark).startswith("P")}
    passed_over = marks.difference(_TELLING)
    before_digits = passed_over.difference(_BEGINS_A_NUMBER)
    return re.compile(rf"[{_listed(passed_over)}](?!\d)|(?<!\d)[{_listed(before_digits)}]")


def _listed(characters: Iterable[str]) -> str:
    return re.escape("".join(sorted(characters)))
