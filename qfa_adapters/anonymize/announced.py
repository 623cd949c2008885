"""Names that the words before them announce."""

from __future__ import annotations

from collections.abc import Sequence

from qfa_adapters.anonymize import arabic, cues
from qfa_adapters.anonymize.continuing import MOST_WORDS_OF_A_NAME, may_be_name, may_go_on
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.mention import PERSON, Mention, words_of
from qfa_adapters.anonymize.passage import Passage

_SHORTEST_ARABIC_NAME = 3


def find_announced(passage: Passage, before: Sequence[Mention]) -> list[Mention]:
    """Return the names behind “Mr”, “my name is” and the like, apart from what was found *before*."""
    taken = words_of(before)
    mentions: list[Mention] = []
    for at, (word, sense) in enumerate(zip(passage.words, passage.senses, strict=True)):
        is_introduction = word.key in cues.INTRODUCTIONS and _ends_introduction(passage, at)
        if is_introduction or sense is Sense.TITLE:
            last = _last_of_announced(passage, at, may_be_word=is_introduction)
            if last > at and taken.isdisjoint(range(at + 1, last + 1)):
                mentions.append(Mention(at + 1, last, PERSON))
    return mentions


def _ends_introduction(passage: Passage, at: int) -> bool:
    for before in cues.INTRODUCTIONS[passage.words[at].key]:
        if [word.key for word in passage.words[max(0, at - len(before)) : at]] == before:
            return True
    return False


def _last_of_announced(passage: Passage, cue: int, *, may_be_word: bool) -> int:
    """Return the last word of the name behind *cue*, *cue* itself if there is none."""
    last = cue
    while last < cue + MOST_WORDS_OF_A_NAME and passage.is_joined(last + 1, across_colon=last == cue):
        at = last + 1
        is_first = at == cue + 1
        if not (_may_begin(passage, at, may_be_word=may_be_word) if is_first else may_go_on(passage, at)):
            break
        last = at
    while last > cue and passage.words[last].key in cues.PARTICLES:
        last -= 1
    return last


def _may_begin(passage: Passage, at: int, *, may_be_word: bool) -> bool:
    sense = passage.senses[at]
    is_certain = may_be_word or passage.words[at - 1].key in cues.FORMS_OF_ADDRESS
    if sense is Sense.GIVEN:
        return True
    if passage.has_capital(at):
        if sense is Sense.STAY and _is_telephoned(passage, at):
            return False
        return may_be_name(passage, at) or (is_certain and sense is Sense.COMMON)
    if arabic.is_arabic(passage.words[at].key):
        return _may_begin_in_arabic(passage, at, is_certain=is_certain)
    is_readable = sense in (Sense.EITHER, Sense.FAMILY) or (sense is Sense.UNKNOWN and passage.is_familiar)
    return (is_certain and is_readable) or (sense is Sense.EITHER and passage.key_after(at) in cues.TELLING)


def _may_begin_in_arabic(passage: Passage, at: int, *, is_certain: bool) -> bool:
    key, sense = passage.words[at].key, passage.senses[at]
    if sense in (Sense.TITLE, Sense.STAY) or (arabic.is_verb_or_particle(key) and sense is Sense.COMMON):
        return False
    if key in cues.PARTICLES:
        return passage.is_joined(at + 1) and passage.senses[at + 1] is not Sense.COMMON
    if key == arabic.SERVANT or sense in (Sense.FAMILY, Sense.UNKNOWN):
        return len(key) >= _SHORTEST_ARABIC_NAME
    return is_certain and len(key) >= _SHORTEST_ARABIC_NAME


def _is_telephoned(passage: Passage, at: int) -> bool:
    return passage.key_before(at) == "called" and passage.key_before(at - 1) in cues.CALLERS
