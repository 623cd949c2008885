"""Telling a place from a person by the words around."""

from __future__ import annotations

from collections.abc import Mapping

from qfa_adapters.anonymize import cues
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.mention import LOCATION
from qfa_adapters.anonymize.passage import Passage

_MOST_WORDS_BEFORE_THE_NAME = 3  # as in “from Boucle du Mouhoun”
_ENUMERATING = frozenset((", ", " and ", ", and ", " or ", "/", " / ", " & ", " et ", " y ", " en "))
_ORIGIN = frozenset((" from ", ", from ", " in ", " de ", " van ", " uit "))


def is_place(passage: Passage, first: int, last: int, kinds_by_last: Mapping[int, str]) -> bool:
    """
    Tell whether the words from *first* to *last* name a place.

    *kinds_by_last* says what the mentions found so far are, by their last word.
    """
    name = " ".join(passage.keys[first : last + 1]).replace("-", " ")
    is_known = passage.is_known_place(name)
    is_named_like_a_person = Sense.GIVEN in passage.senses[first : last + 1]
    if _is_led_by_place_words(passage, first, last):
        return is_known or not is_named_like_a_person
    if is_named_like_a_person:
        return False
    return is_known or _are_places(passage, first, last) or _goes_on_from(passage, first, kinds_by_last)


def _are_places(passage: Passage, first: int, last: int) -> bool:
    return all(passage.is_known_place(passage.keys[at]) for at in range(first, last + 1))


def _is_led_by_place_words(passage: Passage, first: int, last: int) -> bool:
    """Tell whether the words around speak of a place: “in X”, “fled to X”, “X village”."""
    if last in passage.words.possessives:
        return False
    opening = _opening(passage, first)
    before, earlier = passage.key_before(opening), passage.key_before(opening - 1)
    is_dutch_and = passage.language == "nl" and before == "en"
    is_abroad = not passage.is_english and not is_dutch_and and before in cues.IN_PLACES_ABROAD
    if is_abroad or (before in cues.IN_PLACES and (before, earlier) not in cues.ASKING_FOR):
        return True
    if before in cues.TO_OR_FROM and earlier in cues.GOING:
        return True
    if before == "from" and earlier in cues.PEOPLE:
        return True
    return passage.key_after(last) in cues.PLACE_HEADS


def _opening(passage: Passage, first: int) -> int:
    """Return where a name begins if its ordinary words with capitals count: “South” of “South Kivu”."""
    opening = at = first
    while at > max(0, first - _MOST_WORDS_BEFORE_THE_NAME) and passage.is_joined(at):
        at -= 1
        if passage.has_capital(at) and passage.senses[at] in (Sense.COMMON, Sense.STAY):
            opening = at
        elif passage.keys[at] not in cues.PARTICLES:
            break
    return opening


def _goes_on_from(passage: Passage, first: int, kinds_by_last: Mapping[int, str]) -> bool:
    """Tell whether a place is to be expected behind the last mention: “Bo and X”, “Fatou from X”."""
    for last in (first - 1, first - 2):
        if last in kinds_by_last:
            between = passage.text[passage.words.ends[last] : passage.words.starts[first]]
            return between in (_ENUMERATING if kinds_by_last[last] == LOCATION else _ORIGIN)
    return False
