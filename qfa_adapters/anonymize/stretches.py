"""Reading stretches of words with capitals, cut into what may be one name each."""

from __future__ import annotations

from collections.abc import Iterator

from qfa_adapters.anonymize import cues
from qfa_adapters.anonymize.continuing import MOST_WORDS_OF_A_NAME
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.passage import NAME_LIKE, Passage

_MOST_PARTICLES = 2
_SLAVIC_VERBS = (
    *("ала", "яла", "ила", "ула", "или", "али", "ували", "ував", "вав", "лась", "лися", "вся"),
    *("ите", "іть", "аите", "ется", "ється", "ють", "уе", "ує"),
)
_OF = frozenset(("de", "van", "di", "da"))


def stretches(passage: Passage, taken: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last word of whatever may be one name, apart from the words *taken*."""
    for first, last in _runs(passage, taken):
        if first < last or passage.senses[first] in NAME_LIKE:
            yield from _segments(passage, first, last)


def _runs(passage: Passage, taken: set[int]) -> Iterator[tuple[int, int]]:
    """Yield stretches of words with capitals, small particles between them included."""
    last = -1
    for at in () if passage.is_shouted else sorted(passage.words.capitals):
        if at <= last or at in taken:
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
        if passage.keys[following] not in cues.PARTICLES:
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
            yield start, _without_particles(passage, start, at - 1)
            start = None


def _without_particles(passage: Passage, first: int, last: int) -> int:
    while last > first and passage.keys[last] in cues.PARTICLES and not passage.has_capital(last):
        last -= 1
    return last


def _belongs(passage: Passage, start: int | None, at: int, last: int) -> bool:
    if start is not None and _leads_to_origin(passage, at, last):
        return False
    if start is None and at < last and _is_slavic_verb(passage, at):
        return False
    if passage.senses[at] in NAME_LIKE:
        return passage.senses[at] is Sense.GIVEN or passage.key_after(at) not in cues.EMBLEM_COLOURS
    if passage.keys[at] in cues.PARTICLES:
        return at < last and (start is not None or _opens_name(passage, at))
    if start is None:
        return at < last and (_opens_as_bound_name(passage, at) or _opens_as_word(passage, at))
    if passage.senses[at] is Sense.TITLE:
        return False
    behind_particle = passage.keys[at - 1] in cues.PARTICLES
    return (
        (behind_particle and passage.senses[at] is not Sense.STAY)
        or passage.can_be_family_name(at)
        or _goes_on_as_bound_name(passage, start, at)
        or _is_framed(passage, at, last)
        or _goes_on_as_word(passage, at)
    )


def _is_slavic_verb(passage: Passage, at: int) -> bool:
    """Tell whether a sentence begins with a verb before a name: “Телефонувала Зульфія”."""
    is_unknown = passage.begins_sentence(at) and passage.senses[at] is Sense.UNKNOWN
    return is_unknown and passage.keys[at].endswith(_SLAVIC_VERBS)


def _leads_to_origin(passage: Passage, at: int, last: int) -> bool:
    """Tell whether a place follows the particle: “Fatou de Kolda”, but not “Ana de León”."""
    if passage.keys[at] not in _OF or passage.has_capital(at):
        return False
    place = at + 1
    if place > last or passage.senses[place] is Sense.GIVEN:
        return False
    key = passage.keys[place]
    return passage.is_known_place(key.replace("-", " ")) and key not in passage.lexicon.family


def _is_framed(passage: Passage, at: int, last: int) -> bool:
    """Tell whether an everyday word inside a name or behind a given name is part of it: “Tuyet Mai Pham”."""
    key = passage.keys[at]
    if key in cues.ORGANISATION_HEADS or key in cues.PLACE_HEADS:
        return False
    if at < last:
        return passage.senses[at + 1] in NAME_LIKE
    return passage.senses[at - 1] is Sense.GIVEN and passage.senses[at] is Sense.COMMON


def _goes_on_as_word(passage: Passage, at: int) -> bool:
    """Tell whether an everyday word behind a name is its last part, where titles have no capitals."""
    return passage.senses[at - 1] in NAME_LIKE and _is_capitalised_as_name(passage, at)


def _opens_as_word(passage: Passage, at: int) -> bool:
    """Tell whether an everyday word before a name is its first part: “Angelica Renier”."""
    if passage.is_english:  # where Hygiene Kits have capitals, and Beneficiary Maria
        is_name = passage.senses[at + 1] in (Sense.FAMILY, Sense.UNKNOWN) and not passage.is_all_capitals(
            at + 1
        )
        return is_name and _is_capitalised_in_english(passage, at)
    is_name = passage.senses[at + 1] in NAME_LIKE and passage.senses[at + 1] is not Sense.EITHER
    return is_name and _is_capitalised_as_name(passage, at)


def _is_capitalised_in_english(passage: Passage, at: int) -> bool:
    key = passage.keys[at]
    is_behind_capital = at > 0 and passage.is_joined(at) and passage.has_capital(at - 1)
    is_ordinary = (
        passage.senses[at] is Sense.COMMON and passage.has_capital(at) and not passage.is_all_capitals(at)
    )
    before = passage.key_before(at)
    is_led_to_place = before in cues.IN_PLACES or before in cues.TO_OR_FROM or key in cues.UNDERTAKINGS
    return is_ordinary and not (passage.begins_sentence(at) or is_behind_capital or is_led_to_place)


def _is_capitalised_as_name(passage: Passage, at: int) -> bool:
    key = passage.keys[at]
    if passage.is_english or passage.senses[at] is not Sense.COMMON or not passage.has_capital(at):
        return False
    is_head = key in cues.ORGANISATION_HEADS_ABROAD or key in cues.ORGANISATION_HEADS
    return not (
        is_head or passage.begins_sentence(at) or passage.is_all_capitals(at) or key in cues.UNDERTAKINGS
    )


def _opens_name(passage: Passage, particle: int) -> bool:
    """Tell whether a particle with a capital is part of the name behind it, as in “by De Vries”."""
    return (
        passage.has_capital(particle)
        and not passage.begins_sentence(particle)
        and passage.senses[particle + 1] in NAME_LIKE
    )


def _goes_on_as_bound_name(passage: Passage, start: int, at: int) -> bool:
    """Tell whether a month or a faith is part of the name before it: “Mohammad Rafiqul Islam”."""
    earliest = max(start, at - MOST_WORDS_OF_A_NAME)
    return passage.is_bound_name(at) and Sense.GIVEN in passage.senses[earliest:at]


def _opens_as_bound_name(passage: Passage, at: int) -> bool:
    """Tell whether a month or a faith is the first part of a name: “Sunday Okafor”."""
    is_candidate = passage.senses[at] is Sense.STAY and passage.is_bound_name(at)
    # “May Grace be with you” is a wish.
    expected = NAME_LIKE if not passage.begins_sentence(at) else (Sense.GIVEN, Sense.FAMILY)
    return (
        is_candidate
        and passage.senses[at + 1] in expected
        and passage.key_before(at) not in cues.BEFORE_A_DAY
    )
