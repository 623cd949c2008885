"""Russian and Ukrainian given names out of the nominative."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST_LETTER, _LAST_LETTER = "а", "ӿ"
_SHORTEST_STEM = 3
# Folded, as all words: й is и, ї is і.
_CASES = frozenset(
    (
        *("ові", "еві", "єві", "ою", "ею", "єю", "ои", "еи", "ом", "ем", "єм", "ым", "им"),
        *("у", "ю", "ы", "и", "і", "е", "є", "а", "я"),
    )
)
_LONGEST_CASE = max(map(len, _CASES))
_NOMINATIVES = ("", "а", "я", "и", "ь", "о", "іи")


def nominatives(key: str) -> Iterator[str]:
    """Yield what *key*, folded, may be called in the nominative; nothing if it is not Cyrillic."""
    if not _FIRST_LETTER <= key[0] <= _LAST_LETTER:
        return
    for length in range(1, min(_LONGEST_CASE, len(key) - _SHORTEST_STEM) + 1):
        if key[-length:] in _CASES:
            yield from (key[:-length] + ending for ending in _NOMINATIVES)


def certain_nominatives(key: str) -> Iterator[str]:
    """
    Yield what *key*, folded but for a last й, may be in the nominative, if it cannot be one itself.

    Александра may be a woman, or Александр in the genitive, so that forms in -а and -я say nothing, but
    for those of names in -ей and -енко, which have no such feminine.
    """
    if key.endswith(("а", "я")) and not key.endswith(("ея", "енка")):
        return
    if key.endswith("й") and not key.endswith(("ой", "ей")):
        return
    for nominative in nominatives(key.replace("й", "и")):
        is_case_in_a_letter = key.endswith("й") and len(nominative) >= len(key)
        if not is_case_in_a_letter:
            yield nominative
            if nominative.endswith("и"):
                yield nominative[:-1] + "й"
