"""Names in Arabic letters, which know no capitals: by lists, by cues, and side by side."""

from __future__ import annotations

from collections.abc import Sequence

from qfa_adapters.anonymize import arabic, arabic_cues, cues
from qfa_adapters.anonymize.continuing import MOST_WORDS_OF_A_NAME, goes_on_in_arabic
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.mention import PERSON, Mention, words_of
from qfa_adapters.anonymize.passage import Passage

_SHORTEST_NAME = 3
_SHORTEST_UNLISTED = 4
_NAMES = (Sense.GIVEN, Sense.FAMILY, Sense.EITHER)


def find_caseless(passage: Passage, before: Sequence[Mention]) -> list[Mention]:
    """Return the names in Arabic letters that are not part of those found *before*."""
    if not passage.has_arabic:
        return []
    taken = words_of(before)
    mentions: list[Mention] = []
    at = 0
    while at < len(passage.keys):
        last = _last_of_name(passage, at, taken)
        if last is not None:
            mentions.append(Mention(at, last, PERSON))
            at = last
        at += 1
    return mentions


def _last_of_name(passage: Passage, first: int, taken: set[int]) -> int | None:
    """Return the last word of the name that begins with *first*, None if none does."""
    key = passage.keys[first]
    if first in taken or not arabic.is_arabic(key):
        return None
    if key == arabic.HOUSE and passage.is_joined(first + 1):
        return first + 1
    if key in arabic.KUNYA and passage.is_joined(first + 1) and _makes_kunya(passage, first):
        return _extended(passage, first + 1, taken)
    if not _begins_name(passage, first):
        return None
    return _extended(passage, first, taken)


def _begins_name(passage: Passage, at: int) -> bool:
    key, sense = passage.keys[at], passage.senses[at]
    if sense is Sense.GIVEN:
        return len(key) >= _SHORTEST_NAME
    following = passage.senses[at + 1] if passage.is_joined(at + 1) else None
    if following is not None and arabic.completes_name(passage.keys[at + 1], key):
        return True
    if sense not in _NAMES and sense is not Sense.UNKNOWN:
        return False
    if passage.key_after(at) in arabic_cues.SON_OF:
        return True
    is_expected = _is_expected(passage, at)
    if sense is Sense.EITHER:
        is_certain = is_expected and not _may_be_thing(passage, at)
        is_pair = following is Sense.EITHER and passage.begins_sentence(at) and key != arabic.RAMADAN
        return following in (Sense.GIVEN, Sense.FAMILY) or is_certain or is_pair
    if sense is Sense.FAMILY:
        return following in _NAMES or is_expected
    if sense is not Sense.UNKNOWN or key.startswith(arabic.ARTICLE):
        return False
    if len(key) < (_SHORTEST_NAME if is_expected or following is Sense.FAMILY else _SHORTEST_UNLISTED):
        return False
    is_place = not is_expected and passage.key_before(at) in arabic_cues.IN_PLACES
    if is_place or not (arabic.may_be_name(key) or arabic.may_be_foreign_name(key)):
        return False
    return is_expected or following in _NAMES or _are_foreign(passage, at)


def _are_foreign(passage: Passage, at: int) -> bool:
    """Tell whether two unlisted words look like a name of another language, or end in where one is from."""
    if not passage.is_joined(at + 1) or passage.senses[at + 1] is not Sense.UNKNOWN:
        return False
    first, second = passage.keys[at], passage.keys[at + 1]
    if arabic.is_nisba(second) or all(map(arabic.may_be_foreign_name, (first, second))):
        return True
    does_something = arabic.is_verb_or_particle(passage.key_after(at + 1) or " ")
    return arabic.may_be_name(second) and passage.begins_sentence(at) and does_something


def _is_expected(passage: Passage, at: int) -> bool:
    if passage.key_before(at) in arabic_cues.BEFORE_A_PERSON:
        return True
    if at > 1 and passage.is_joined(at - 1) and passage.key_before(at).startswith(arabic.ARTICLE):
        return passage.senses[at - 2] is Sense.TITLE and passage.senses[at - 1] is Sense.COMMON
    return at > 0 and passage.is_joined(at) and passage.senses[at - 1] is Sense.TITLE


def _may_be_thing(passage: Passage, at: int) -> bool:
    """Tell whether the word before goes with things as well: “about hope”, but not “ask about Hope”."""
    if passage.key_before(at) not in arabic_cues.BEFORE_A_THING:
        return False
    return passage.key_before(at - 1) not in arabic_cues.ASKING_ABOUT


def _makes_kunya(passage: Passage, at: int) -> bool:
    """Tell whether “father of” or “mother of” goes before a name; a mother may do other things."""
    following, sense = passage.keys[at + 1], passage.senses[at + 1]
    if sense in (*_NAMES, Sense.UNKNOWN) or following == arabic.SERVANT:
        return True
    is_father = passage.keys[at] != arabic.MOTHER
    return is_father and sense is Sense.COMMON and not arabic.is_verb_or_particle(following)


def _extended(passage: Passage, first: int, taken: set[int]) -> int:
    """Return the last word of a name of which *first* is a part."""
    last = first
    while last < first + MOST_WORDS_OF_A_NAME and passage.is_joined(last + 1) and last + 1 not in taken:
        if not goes_on_in_arabic(passage, last + 1):
            break
        last += 1
    while last > first and passage.keys[last] in cues.PARTICLES:
        last -= 1
    return last
