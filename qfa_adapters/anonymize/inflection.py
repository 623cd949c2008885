"""Russian and Ukrainian given names out of the nominative."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST_LETTER, _LAST_LETTER = "а", "ӿ"
_SHORTEST_STEM = 3
# Folded, as all words: й is и, ї is і.
_CASES = (
    *("ові", "еві", "єві", "ою", "ею", "єю", "ои", "еи", "ом", "ем", "єм", "ым", "им"),
    *("у", "ю", "ы", "и", "і", "е", "є", "а", "я"),
)
_NOMINATIVES = ("", "а", "я", "и", "ь", "о", "іи")


def nominatives(key: str) -> Iterator[str]:
    """Yield what *key*, folded, may be called in the nominative; nothing if it is not Cyrillic."""
    if not _FIRST_LETTER <= key[0] <= _LAST_LETTER:
        return
    for case in _CASES:
        if key.endswith(case) and len(key) - len(case) >= _SHORTEST_STEM:
            yield from (key[: -len(case)] + ending for ending in _NOMINATIVES)
