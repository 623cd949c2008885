"""Names that the words before them announce."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qfa_adapters.anonymize import arabic, cues
from qfa_adapters.anonymize.continuing import (
    MOST_WORDS_OF_A_NAME,
    is_named_abroad,
    leads_to_name,
    may_be_name,
    may_go_on,
)
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.mention import PERSON, Mention, words_of
from qfa_adapters.anonymize.passage import Passage

_SHORTEST_ARABIC_NAME = 3
_SHORTEST_SMALL_NAME = 4
_OF = frozenset(("de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "los"))


def find_announced(passage: Passage, before: Sequence[Mention]) -> list[Mention]:
    """Return the names behind “Mr”, “my name is” and the like, apart from what was found *before*."""
    taken = words_of(before)
    mentions: list[Mention] = []
    for at in passage.notable:
        sense = passage.senses[at]
        if sense is not Sense.TITLE and passage.keys[at] not in cues.LAST_WORDS:
            continue
        is_introduction = _ends_phrase(passage, at, cues.INTRODUCTIONS)
        is_cue = is_introduction or sense is Sense.TITLE
        if is_cue or (
            _ends_phrase(passage, at, cues.BEFORE_A_SMALL_NAME) and _is_small_name(passage, at + 1)
        ):
            last = _last_of_announced(passage, at, may_be_word=is_introduction or not is_cue)
            if last > at and taken.isdisjoint(range(at + 1, last + 1)):
                mentions.append(Mention(at + 1, last, PERSON))
    return mentions


def _is_small_name(passage: Passage, at: int) -> bool:
    """Tell whether a small word that no list holds stands among words that ours hold."""
    is_small = passage.is_joined(at) and at not in passage.words.capitals
    if not is_small or len(passage.keys[at]) < _SHORTEST_SMALL_NAME:
        return False
    return passage.senses[at] is Sense.UNKNOWN and passage.is_familiar


def _ends_phrase(passage: Passage, at: int, phrases: Mapping[str, list[list[str]]]) -> bool:
    for before in phrases.get(passage.keys[at], ()):
        if passage.keys[max(0, at - len(before)) : at] == before:
            return True
    return False


def _last_of_announced(passage: Passage, cue: int, *, may_be_word: bool) -> int:
    """Return the last word of the name behind *cue*, *cue* itself if there is none."""
    last = cue
    while last < cue + MOST_WORDS_OF_A_NAME and passage.is_joined(last + 1, across_colon=last == cue):
        at = last + 1
        if last == cue:
            is_part = _may_begin(passage, at, may_be_word=may_be_word)
        else:
            is_part = may_go_on(passage, at) or (last == cue + 1 and _is_family_in_arabic(passage, at))
        if not is_part:
            break
        last = at
    while last > cue and passage.keys[last] in cues.PARTICLES:
        last -= 1
    return last


def _may_begin(passage: Passage, at: int, *, may_be_word: bool) -> bool:
    sense = passage.senses[at]
    is_certain = may_be_word or passage.keys[at - 1] in cues.FORMS_OF_ADDRESS
    if sense is Sense.GIVEN:
        return True
    if _is_first_particle(passage, at, is_certain=is_certain):
        return True
    if passage.has_capital(at):
        if sense is Sense.STAY and _is_telephoned(passage, at):
            return False
        is_name = may_be_name(passage, at)
        return is_name or (sense is Sense.COMMON and (is_certain or is_named_abroad(passage, at)))
    if arabic.is_arabic(passage.keys[at]):
        return _may_begin_in_arabic(passage, at, is_certain=is_certain)
    is_readable = sense in (Sense.EITHER, Sense.FAMILY) or (sense is Sense.UNKNOWN and passage.is_familiar)
    return (is_certain and is_readable) or (sense is Sense.EITHER and passage.key_after(at) in cues.TELLING)


def _is_first_particle(passage: Passage, at: int, *, is_certain: bool) -> bool:
    """Tell whether a name begins with the particle: “Mrs van Hagen”, but not “the brother of Kouadio”."""
    key = passage.keys[at]
    if key not in cues.PARTICLES or not leads_to_name(passage, at):
        return False
    return is_certain or passage.has_capital(at) or key not in _OF


def _may_begin_in_arabic(passage: Passage, at: int, *, is_certain: bool) -> bool:
    key, sense = passage.keys[at], passage.senses[at]
    if sense in (Sense.TITLE, Sense.STAY) or (arabic.is_verb_or_particle(key) and sense is Sense.COMMON):
        return False
    if key in cues.PARTICLES:
        return passage.is_joined(at + 1) and passage.senses[at + 1] is not Sense.COMMON
    if len(key) < _SHORTEST_ARABIC_NAME:
        return False
    if key == arabic.SERVANT or sense is Sense.FAMILY or (sense is Sense.EITHER and is_certain):
        return True
    if sense is Sense.UNKNOWN:
        return (arabic.may_be_name(key) or arabic.may_be_foreign_name(key)) and (
            is_certain or not key.startswith(arabic.ARTICLE)
        )
    if key not in passage.lexicon.senses and arabic.may_be_name(key) and not key.startswith(arabic.ARTICLE):
        return True  # no more than the form of a word that is listed
    return is_certain and _is_followed_by_name(passage, at)


def _is_followed_by_name(passage: Passage, at: int) -> bool:
    """Tell whether a name goes on behind an Arabic word, or would have to: Mr al-Hassan."""
    following = passage.key_after(at)
    if not following or arabic.is_verb_or_particle(following):
        return True
    is_name = passage.senses[at + 1] in (Sense.GIVEN, Sense.FAMILY, Sense.UNKNOWN) and arabic.may_be_name(
        following
    )
    return is_name or arabic.is_nisba(following) or passage.keys[at].startswith(arabic.ARTICLE)


def _is_family_in_arabic(passage: Passage, at: int) -> bool:
    """Tell whether a noun with an article stands where a family name would: “Mr Haidar al-Hassan”."""
    is_name = passage.senses[at - 1] in (Sense.GIVEN, Sense.UNKNOWN, Sense.EITHER)
    return is_name and passage.senses[at] is Sense.COMMON and passage.keys[at].startswith(arabic.ARTICLE)


def _is_telephoned(passage: Passage, at: int) -> bool:
    return passage.key_before(at) == "called" and passage.key_before(at - 1) in cues.CALLERS
