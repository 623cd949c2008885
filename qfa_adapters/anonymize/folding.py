"""The plain form in which words are looked up: no case, no accents, one kind of apostrophe."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

_ACCENTED_BLOCKS = (
    range(0x00C0, 0x0250),  # Latin
    range(0x0400, 0x0530),  # Cyrillic
    range(0x0622, 0x0660),  # Arabic
    range(0x1E00, 0x1F00),  # Latin, Vietnamese above all
)
_MARKS = (range(0x0300, 0x0370), range(0x064B, 0x0660), (0x0640, 0x0670))
_WITHOUT_DECOMPOSITION = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"}
_SPELLED_TWO_WAYS = {"ة": "ه", "ی": "ي", "ک": "ك", "’": "'", "ʼ": "'", "‘": "'"}


def _plain_letters() -> dict[str, str]:
    """Return what letters become that do not stay as they are."""
    table = dict(_WITHOUT_DECOMPOSITION | _SPELLED_TWO_WAYS)
    for code in chain(*_ACCENTED_BLOCKS):
        parts = unicodedata.normalize("NFKD", chr(code))
        table.setdefault(chr(code), "".join(part for part in parts if not unicodedata.combining(part)))
    table |= {chr(code): "" for code in chain(*_MARKS)}
    return {letter: plain for letter, plain in table.items() if plain != letter}


_PLAIN_LETTERS = _plain_letters()
_NOT_PLAIN = re.compile(f"[{re.escape(''.join(_PLAIN_LETTERS))}]")


def fold(word: str) -> str:
    """Return *word* as the lexicon spells it, so that José, JOSE and josé are one."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    # Few letters are not plain: to replace these takes a third of the time of str.translate.
    return _NOT_PLAIN.sub(lambda match: _PLAIN_LETTERS[match.group()], folded)


def word_set(listed: str) -> frozenset[str]:
    """Return the words of *listed*, which has spaces between, folded."""
    return frozenset(map(fold, listed.split()))
