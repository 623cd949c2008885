"""Names and places that their capitals give away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from qfa_adapters.anonymize import cues
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.passage import NAME_LIKE, Passage

PERSON, LOCATION = "PERSON", "LOCATION"
_FURTHEST_HEAD = 4
_MOST_PARTICLES = 2
_ENUMERATING = frozenset((", ", " and ", ", and ", " or ", "/", " / ", " & ", " et ", " y ", " en "))
_ORIGIN = frozenset((" from ", ", from ", " in ", " de ", " van ", " uit "))


class Mention(NamedTuple):
    """The words from *first* to *last*, both included, and what they name."""

    first: int
    last: int
    kind: str


def words_of(mentions: Iterable[Mention]) -> set[int]:
    """Return the indices of the words that *mentions* are made of."""
    return {at for mention in mentions for at in range(mention.first, mention.last + 1)}


def find_capitalised(passage: Passage, before: Sequence[Mention]) -> list[Mention]:
    """Return mentions among the words with capitals that are not part of those found *before*."""
    mentions: list[Mention] = []
    kinds_by_last = {mention.last: mention.kind for mention in before}
    for run in _runs(passage, words_of(before)):
        for first, last in _segments(passage, *run):
            kind = _kind(passage, first, last, kinds_by_last)
            if kind is not None:
                mentions.append(Mention(first, last, kind))
                kinds_by_last[last] = kind
    return mentions


def _runs(passage: Passage, taken: set[int]) -> Iterator[tuple[int, int]]:
    """Yield stretches of words with capitals, small particles between them included."""
    last = -1
    for at, word in enumerate(passage.words):
        if at <= last or not word.has_capital or passage.is_shouted or at in taken:
            continue
        last = at
        while (following := _next_in_run(passage, last, taken)) is not None:
            last = following
        yield at, last


def _next_in_run(passage: Passage, last: int, taken: set[int]) -> int | None:
    following = last + 1
    while passage.is_joined(following) and following not in taken and following <= last + 1 + _MOST_PARTICLES:
        if passage.has_capital(following):
            return following
        if passage.words[following].key not in cues.PARTICLES:
            return None
        following += 1
    return None


def _segments(passage: Passage, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a run that can be names: it is cut at titles and at words in ordinary use."""
    start: int | None = None
    for at in range(first, last + 2):
        if at <= last and _belongs(passage, start, at, last):
            start = at if start is None else start
        elif start is not None:
            yield start, at - 1
            start = None


def _belongs(passage: Passage, start: int | None, at: int, last: int) -> bool:
    if passage.senses[at] in NAME_LIKE:
        return True
    is_within = start is not None
    if passage.words[at].key in cues.PARTICLES:
        return at < last and (is_within or _opens_name(passage, at))
    if not is_within or passage.senses[at] is Sense.TITLE:
        return False
    behind_particle = passage.words[at - 1].key in cues.PARTICLES
    return behind_particle or passage.can_be_family_name(at) or _is_framed(passage, at, last)


def _is_framed(passage: Passage, at: int, last: int) -> bool:
    """Tell whether an everyday word inside a name or behind a given name is part of it: “Tuyet Mai Pham”."""
    key = passage.words[at].key
    if key in cues.ORGANISATION_HEADS or key in cues.PLACE_HEADS:
        return False
    if at < last:
        return passage.senses[at + 1] in NAME_LIKE
    return passage.senses[at - 1] is Sense.GIVEN and passage.senses[at] is Sense.COMMON


def _opens_name(passage: Passage, particle: int) -> bool:
    """Tell whether a particle with a capital is part of the name behind it, as in “by De Vries”."""
    return not passage.words[particle].begins_sentence and passage.senses[particle + 1] in NAME_LIKE


def _kind(passage: Passage, first: int, last: int, kinds_by_last: Mapping[int, str]) -> str | None:
    """Return what a segment names, None if nothing."""
    is_addressed = _is_addressed(passage, first)
    if not is_addressed and _is_organisation(passage, first, last):
        return None
    if first == last and not is_addressed and not _stands_alone(passage, first):
        return None
    if not is_addressed and _is_place(passage, first, last, kinds_by_last):
        return LOCATION
    return PERSON


def _is_addressed(passage: Passage, first: int) -> bool:
    before = passage.key_before(first)
    return (
        bool(before)
        and passage.is_joined(first)
        and (before in cues.FORMS_OF_ADDRESS or before in cues.ROLES)
    )


def _is_organisation(passage: Passage, first: int, last: int) -> bool:
    """Tell whether the segment goes on into `… Hospital`."""
    at = last + 1
    while passage.is_joined(at) and passage.has_capital(at) and at <= last + _FURTHEST_HEAD:
        if passage.words[at].key in cues.ORGANISATION_HEADS:
            return True
        at += 1
    is_named = any(passage.senses[index] is Sense.GIVEN for index in range(first, last + 1))
    return passage.is_joined(at) and not is_named and passage.words[at].key in cues.ORGANISATION_HEADS


def _stands_alone(passage: Passage, at: int) -> bool:
    """Tell whether one word by itself may be a name where it stands."""
    word, sense = passage.words[at], passage.senses[at]
    if len(word.key) == 1:
        return False
    if sense is Sense.EITHER:
        if word.begins_sentence:
            return passage.key_after(at) in cues.TELLING
        return passage.key_before(at) not in cues.BEFORE_A_WORD
    return sense is Sense.GIVEN or not word.begins_sentence or passage.is_familiar


def _is_place(passage: Passage, first: int, last: int, kinds_by_last: Mapping[int, str]) -> bool:
    words = passage.words[first : last + 1]
    name = " ".join(word.key for word in words).replace("-", " ")
    is_known = name in passage.lexicon.places
    senses = passage.senses[first : last + 1]
    if _is_led_by_place_words(passage, first, last):
        return is_known or Sense.GIVEN not in senses
    if Sense.GIVEN in senses:
        return False
    return is_known or _goes_on_from(passage, first, kinds_by_last)


def _is_led_by_place_words(passage: Passage, first: int, last: int) -> bool:
    """Tell whether the words around speak of a place: “in X”, “fled to X”, “X village”."""
    if passage.words[last].is_possessive:
        return False
    before = passage.key_before(first)
    if before in cues.IN_PLACES:
        return True
    if before in cues.TO_OR_FROM and passage.key_before(first - 1) in cues.GOING:
        return True
    return passage.key_after(last) in cues.PLACE_HEADS


def _goes_on_from(passage: Passage, first: int, kinds_by_last: Mapping[int, str]) -> bool:
    """Tell whether a place is to be expected behind the last mention: “Bo and X”, “Fatou from X”."""
    for last in (first - 1, first - 2):
        if last in kinds_by_last:
            between = passage.text[passage.words[last].end : passage.words[first].start]
            return between in (_ENUMERATING if kinds_by_last[last] == LOCATION else _ORIGIN)
    return False
