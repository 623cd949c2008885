"""Names and places of our lists, whatever their spelling."""

from __future__ import annotations

from collections.abc import Sequence

from qfa_adapters.anonymize import arabic_cues, cues
from qfa_adapters.anonymize.continuing import MOST_WORDS_OF_A_NAME, may_go_on
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.mention import LOCATION, PERSON, Mention, words_of
from qfa_adapters.anonymize.passage import Passage

_SHORTEST_SMALL_NAME = 4
_SHORTEST_CASELESS_NAME = 3
_ORDINARY = frozenset((Sense.COMMON, Sense.STAY, Sense.TITLE, Sense.EITHER))
_FIRST_LETTER_BEYOND_LATIN = "\u0370"
_ARABIC_ARTICLE = "ال"  # nearly every noun can have it, and many a town is called by a noun
_FIRST_CASELESS_LETTER = "\u0590"  # Latin, Greek, Cyrillic and Armenian, which know capitals, stand before


def find_long_places(passage: Passage) -> list[Mention]:
    """Return the places of more than one word."""
    lengths, keys = passage.lexicon.long_places, passage.keys
    return [
        Mention(first, first + length - 1, LOCATION)
        for first in passage.notable
        if keys[first] in lengths and first + 1 < len(keys)
        for length in lengths[keys[first]].get(keys[first + 1], ())
        if _is_long_place(passage, first, first + length - 1)
    ]


def _is_long_place(passage: Passage, first: int, last: int) -> bool:
    if not all(passage.is_joined(at) for at in range(first + 1, last + 1)):
        return False
    if passage.has_capital(first) and not passage.has_capital(last):
        return False
    if not passage.is_english and _is_institution(passage, first, last):
        return False
    if " ".join(passage.keys[first : last + 1]) not in passage.lexicon.places:
        return False
    if not passage.is_english and passage.keys[first] in cues.BEFORE_A_WORD_ABROAD:
        return passage.has_capital(first)
    return passage.has_capital(first) or not _ORDINARY.issuperset(passage.senses[first : last + 1])


def _is_institution(passage: Passage, first: int, last: int) -> bool:
    """Tell whether a place is but part of a name: “Hospital San Rafael”, “la Cruz Roja”."""
    is_headed = passage.key_before(first) in cues.ORGANISATION_HEADS_ABROAD
    return is_headed or passage.key_after(last) in cues.EMBLEM_COLOURS


def find_known(passage: Passage, before: Sequence[Mention]) -> list[Mention]:
    """Return names and places of our lists that are written small, or in a script without capitals."""
    taken = words_of(before)
    mentions: list[Mention] = []
    for at in passage.notable:
        if at in taken or passage.has_capital(at):
            continue
        if _is_known_name(passage, at):
            mentions.append(Mention(at, _last_of_known(passage, at, taken), PERSON))
            taken.update(range(at, mentions[-1].last + 1))
        elif _is_known_place(passage, at):
            mentions.append(Mention(at, at, LOCATION))
    return mentions


def _is_known_name(passage: Passage, at: int) -> bool:
    if passage.senses[at] is Sense.UNKNOWN:
        return _begins_small_pair(passage, at)
    if passage.senses[at] is not Sense.GIVEN:
        return False
    key = passage.keys[at]
    if _is_caseless(key):
        return len(key) >= _SHORTEST_CASELESS_NAME
    return len(key) >= _SHORTEST_SMALL_NAME and passage.is_familiar


def _begins_small_pair(passage: Passage, at: int) -> bool:
    """Tell whether two small words that no list of words holds stand among words that ours hold."""
    is_latin = passage.keys[at] < _FIRST_LETTER_BEYOND_LATIN
    if not is_latin or not passage.is_joined(at + 1) or passage.has_capital(at + 1):
        return False
    lengths = [len(key) for key in passage.keys[at : at + 2]]
    is_name = passage.senses[at + 1] in (Sense.UNKNOWN, Sense.FAMILY) and min(lengths) >= _SHORTEST_SMALL_NAME
    return is_name and passage.is_familiar


def _last_of_known(passage: Passage, first: int, taken: set[int]) -> int:
    last = first
    while last < first + MOST_WORDS_OF_A_NAME - 1 and passage.is_joined(last + 1) and last + 1 not in taken:
        if _is_caseless(passage.keys[last + 1]):
            if passage.senses[last + 1] not in (Sense.GIVEN, Sense.FAMILY, Sense.EITHER):
                break
        elif passage.has_capital(last + 1) or not may_go_on(passage, last + 1):
            break
        last += 1
    return last


def _is_known_place(passage: Passage, at: int) -> bool:
    key = passage.keys[at]
    if not passage.is_known_place(key.replace("-", " ") if "-" in key else key):
        return False
    if _is_caseless(key) and not key.startswith(_ARABIC_ARTICLE):
        return True
    before = passage.key_before(at)
    return before in cues.IN_PLACES or before in cues.TO_OR_FROM or before in arabic_cues.IN_PLACES


def _is_caseless(key: str) -> bool:
    return key[0] >= _FIRST_CASELESS_LETTER
