"""Russian and Ukrainian given names out of the nominative."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST_LETTER, _LAST_LETTER = "а", "ӿ"
_SHORTEST_STEM = 3
_CASES = (
    *("ові", "еві", "єві", "ою", "ею", "єю", "ой", "ей", "ом", "ем", "єм"),
    *("у", "ю", "ы", "и", "і", "ї", "е", "є", "а", "я"),
)
_NOMINATIVES = ("", "а", "я", "й", "ь", "о")


def nominatives(key: str) -> Iterator[str]:
    """Yield what *key*, folded, may be called in the nominative; nothing if it is not Cyrillic."""
    if not _FIRST_LETTER <= key[0] <= _LAST_LETTER:
        return
    for case in _CASES:
        if key.endswith(case) and len(key) - len(case) >= _SHORTEST_STEM:
            yield from (key[: -len(case)] + ending for ending in _NOMINATIVES)
