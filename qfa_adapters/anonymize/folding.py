"""The plain form in which words are looked up: no case, no accents, one kind of apostrophe."""

from __future__ import annotations

import unicodedata

_ACCENTED_BLOCKS = (
    range(0x00C0, 0x0250),  # Latin
    range(0x0400, 0x0530),  # Cyrillic
    range(0x0622, 0x0660),  # Arabic
    range(0x1E00, 0x1F00),  # Latin, Vietnamese above all
)
_MARKS = (range(0x0300, 0x0370), range(0x064B, 0x0660), (0x0640, 0x0670))
_WITHOUT_DECOMPOSITION = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"}
_SPELLED_TWO_WAYS = {"ة": "ه", "ی": "ي", "ک": "ك", "’": "'", "ʼ": "'", "‘": "'"}


def _plain_letters() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for block in _ACCENTED_BLOCKS:
        for code in block:
            parts = unicodedata.normalize("NFKD", chr(code))
            table[code] = "".join(part for part in parts if not unicodedata.combining(part))
    table |= {code: None for marks in _MARKS for code in marks}
    return table | str.maketrans(_WITHOUT_DECOMPOSITION | _SPELLED_TWO_WAYS)


_PLAIN_LETTERS = _plain_letters()


def fold(word: str) -> str:
    """Return *word* as the lexicon spells it, so that José, JOSE and josé are one."""
    folded = word.casefold()
    return folded if folded.isascii() else folded.translate(_PLAIN_LETTERS)


def word_set(listed: str) -> frozenset[str]:
    """Return the words of *listed*, which has spaces between, folded."""
    return frozenset(map(fold, listed.split()))
