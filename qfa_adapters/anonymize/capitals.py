"""Names and places that their capitals give away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qfa_adapters.anonymize import cues
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.mention import LOCATION, PERSON, Mention, words_of
from qfa_adapters.anonymize.passage import Passage
from qfa_adapters.anonymize.places import is_place
from qfa_adapters.anonymize.stretches import stretches

_FURTHEST_HEAD = 4
# “Jordan, Man, 45, says”, “Yusleidy, 23 años”
_AGE = re.compile(r",\s(?:[^\W\d_]{3,9},\s)?\d{1,2}(?:,|\s(?:years?|yrs?|ans|años|jaar|лет|років|роки)\b)")


def find_capitalised(passage: Passage, before: Sequence[Mention]) -> list[Mention]:
    """Return mentions among the words with capitals that are not part of those found *before*."""
    mentions: list[Mention] = []
    kinds_by_last = {mention.last: mention.kind for mention in before}
    for first, last in stretches(passage, words_of(before)):
        kind = _kind(passage, first, last, kinds_by_last)
        if kind is not None:
            mentions.append(Mention(first, last, kind))
            kinds_by_last[last] = kind
    return mentions


def _kind(passage: Passage, first: int, last: int, kinds_by_last: Mapping[int, str]) -> str | None:
    """Return what a segment names, None if nothing."""
    if _is_addressed(passage, first) or _begins_with_age_behind(passage, first, last):
        return PERSON
    if _is_organisation(passage, first, last) or _is_named_thing(passage, first, last):
        return None
    if first == last and not _stands_alone(passage, first):
        return None
    return LOCATION if is_place(passage, first, last, kinds_by_last) else PERSON


def _is_addressed(passage: Passage, first: int) -> bool:
    before = passage.key_before(first)
    return (
        bool(before)
        and passage.is_joined(first)
        and (before in cues.FORMS_OF_ADDRESS or before in cues.ROLES)
    )


def _begins_with_age_behind(passage: Passage, first: int, last: int) -> bool:
    """Tell whether a sentence begins with the segment and an age, so that even Jordan is a person."""
    begins = passage.begins_sentence(first)
    return begins and _AGE.match(passage.text, passage.words.ends[last]) is not None


def _is_organisation(passage: Passage, first: int, last: int) -> bool:
    """Tell whether the segment goes on into `… Hospital`."""
    at = last + 1
    while passage.is_joined(at) and passage.has_capital(at) and at <= last + _FURTHEST_HEAD:
        if passage.keys[at] in cues.ORGANISATION_HEADS:
            return True
        at += 1
    is_named = any(passage.senses[index] is Sense.GIVEN for index in range(first, last + 1))
    return passage.is_joined(at) and not is_named and passage.keys[at] in cues.ORGANISATION_HEADS


def _is_named_thing(passage: Passage, first: int, last: int) -> bool:
    """Tell whether the word before says that no person is meant: “Cyclone Idai”, “Cruz Roja Colombiana”."""
    if not passage.key_before(first) or not passage.is_joined(first):
        return False
    if first > 1 and passage.senses[first - 2] is Sense.TITLE:  # “the head of school Tagirova”
        return False
    head, has_capital = passage.keys[first - 1], passage.has_capital(first - 1)
    is_named_like_a_person = Sense.GIVEN in passage.senses[first : last + 1]
    if head in cues.HAZARDS or (head in cues.ORGANISATION_HEADS_ABROAD and not passage.is_english):
        return has_capital or not is_named_like_a_person
    if head in cues.UNDERTAKINGS:
        return has_capital
    goes_on = (
        has_capital and not passage.begins_sentence(first - 1) and passage.senses[first - 1] is Sense.STAY
    )
    return goes_on and not passage.is_english and not is_named_like_a_person


def _stands_alone(passage: Passage, at: int) -> bool:
    """Tell whether one word by itself may be a name where it stands."""
    sense, begins = passage.senses[at], passage.begins_sentence(at)
    if len(passage.keys[at]) == 1:
        return False
    if sense is Sense.EITHER and passage.is_all_capitals(at):
        return False
    if sense is Sense.EITHER and not begins:
        articles = cues.BEFORE_A_WORD if passage.is_english else cues.BEFORE_A_WORD_ABROAD
        return passage.key_before(at) not in articles
    if (
        sense is Sense.GIVEN
        or not begins
        or (sense is not Sense.EITHER and _is_place_or_familiar(passage, at))
    ):
        return True
    # No list of ours holds every form of the verbs that begin sentences, or of Slavic nouns.
    is_abroad = not passage.is_english and sense is not Sense.EITHER
    telling = cues.TELLING_ABROAD if is_abroad else cues.TELLING_OF_EITHER
    return passage.key_after(at) in telling or _is_paired(passage, at)


def _is_place_or_familiar(passage: Passage, at: int) -> bool:
    return passage.is_known_place(passage.keys[at]) or (passage.is_english and passage.is_familiar)


def _is_paired(passage: Passage, at: int) -> bool:
    """Tell whether another name or a relative is listed behind the word: “Rose and Will”."""
    if passage.key_after(at) not in cues.AND or not passage.is_joined(at + 2):
        return False
    if passage.keys[at + 2] in cues.POSSESSIVES:
        return passage.senses[at] is not Sense.EITHER
    return passage.has_capital(at + 2) and (
        passage.senses[at + 2] in (Sense.GIVEN, Sense.EITHER)
        or (not passage.is_english and passage.senses[at + 2] is Sense.UNKNOWN)
    )
