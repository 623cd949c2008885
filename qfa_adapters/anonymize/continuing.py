"""Telling how far a name goes on."""

from __future__ import annotations

from qfa_adapters.anonymize import arabic, arabic_cues, cues
from qfa_adapters.anonymize.lexicon import Sense
from qfa_adapters.anonymize.passage import NAME_LIKE, Passage

MOST_WORDS_OF_A_NAME = 4
_OF_FAMILIES = frozenset(("van", "von", "der", "den", "ten", "ter", "te"))
_FOREIGN_ENDINGS = ("ي", "ا", "و", "ين", "ون")
_NAMES_IN_ARABIC = (Sense.GIVEN, Sense.FAMILY, Sense.EITHER, Sense.UNKNOWN)


def may_go_on(passage: Passage, at: int) -> bool:
    """Tell whether the word may be a further part of the name that the word before belongs to."""
    sense = passage.senses[at]
    if passage.has_capital(at):
        is_everyday_abroad = sense is Sense.COMMON and is_named_abroad(passage, at)
        return may_be_name(passage, at) or is_everyday_abroad or _is_behind_van(passage, at)
    if arabic.is_arabic(passage.keys[at]):
        return goes_on_in_arabic(passage, at)
    if passage.keys[at] in cues.PARTICLES:
        return leads_to_name(passage, at)
    if passage.has_capital(at - 1):
        return False
    if sense is Sense.EITHER or passage.is_bound_name(at):
        following = passage.key_after(at)
        return not following or following in cues.AFTER_A_NAME
    return sense in (Sense.GIVEN, Sense.FAMILY) or (sense is Sense.UNKNOWN and passage.is_familiar)


def leads_to_name(passage: Passage, particle: int) -> bool:
    """Tell whether a name follows a particle, maybe behind another: “de Vries”, “van der Meer”."""
    at = particle + 1
    while passage.is_joined(at) and passage.keys[at] in cues.PARTICLES:
        at += 1
    if not passage.is_joined(at):
        return False
    is_ordinary = passage.senses[at] in (Sense.STAY, Sense.TITLE)
    return passage.senses[at] in NAME_LIKE or (passage.has_capital(at) and not is_ordinary)


def is_named_abroad(passage: Passage, at: int) -> bool:
    """Tell whether an everyday word behind a role or a name has a capital as names have: “soeur Exaucée”."""
    is_head = passage.keys[at] in cues.ORGANISATION_HEADS_ABROAD
    return not (passage.is_english or is_head or passage.is_all_capitals(at))


def _is_behind_van(passage: Passage, at: int) -> bool:
    """Tell whether an everyday word with a capital ends a name such as “van den Berg” or “van Dijk”."""
    is_ordinary = passage.senses[at] in (Sense.STAY, Sense.TITLE)
    return passage.keys[at - 1] in _OF_FAMILIES and not is_ordinary


def may_be_name(passage: Passage, at: int) -> bool:
    """Tell whether a word with a capital may be a name, given that one is expected."""
    return passage.senses[at] in NAME_LIKE or passage.can_be_family_name(at) or passage.is_bound_name(at)


def _is_given_name_with_article(passage: Passage, at: int) -> bool:
    """Tell whether a family name is made of a given name, as العلي and المحمد are."""
    key = passage.keys[at]
    name = key.removeprefix(arabic.ARTICLE)
    return name != key and passage.lexicon.senses.get(name) in (Sense.GIVEN, Sense.EITHER)


def _is_foreign_family_name(passage: Passage, at: int) -> bool:
    """Tell whether a word that is Arabic as well may be the family name behind a foreign given name: باري."""
    before, key = passage.keys[at - 1], passage.keys[at]
    is_noun = (
        arabic.may_be_name(key)
        and not arabic.is_verb_or_particle(key)
        and not key.startswith((arabic.ARTICLE, "و"))
    )
    return is_noun and arabic.may_be_foreign_name(before) and key.endswith(_FOREIGN_ENDINGS)


def goes_on_in_arabic(passage: Passage, at: int) -> bool:
    """Tell whether the Arabic word may be a further part of the name that the word before belongs to."""
    key, sense = passage.keys[at], passage.senses[at]
    if not arabic.is_arabic(key) or sense is Sense.TITLE:
        return False
    if passage.keys[at - 1] in arabic_cues.SON_OF:
        return True
    if arabic.completes_name(key, passage.keys[at - 1]) or key in cues.PARTICLES or key == arabic.SERVANT:
        return True
    if sense is Sense.COMMON:
        return (
            arabic.is_nisba(key)
            or _is_given_name_with_article(passage, at)
            or _is_foreign_family_name(passage, at)
        )
    return sense in _NAMES_IN_ARABIC
