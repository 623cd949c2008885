"""Reading words that stand in no list by their form."""

from __future__ import annotations

import re

from qfa_adapters.anonymize import arabic
from qfa_adapters.anonymize.inflection import nominatives
from qfa_adapters.anonymize.lexicon import Lexicon, Sense
from qfa_adapters.anonymize.transliteration import consonants

_INFLECTIONS = ("s", "es", "ed", "d", "ing", "er", "ers", "ly", "ness", "less")
_ACRONYM_FIRST = re.compile(r"[^\W\d_a-zа-я]{2,4}-[^\W\d_A-ZА-Я]")  # ПИН-код, SIM-kaart
_INFLECTIONS_OF_CAPITALISED = ("s", "es", "ed", "ing", "ly", "ness")  # nor Sander of sand
_SHORTEST_STEM, _SHORTEST_STEM_OF_CAPITALISED = 1, 4  # Jared is no form of jar, nor James of jam
_SHORTEST_INFLECTED = 4
_INSTITUTIONS = (  # Dutch writes them as one word
    *(
        "programma",
        "organisatie",
        "ministerie",
        "stichting",
        "dienst",
        "centrum",
        "ziekenhuis",
        "school",
        "bank",
    ),
    *("bureau", "comite", "vereniging", "fonds"),
)
_LONGEST_ACRONYM = 5
_ONE_LETTER_WORDS = frozenset("aioyжяиуоавск")
_ORDINARY = (Sense.COMMON, Sense.STAY, Sense.EITHER, Sense.TITLE)


def sense_of_unlisted(
    lexicon: Lexicon, key: str, written: str, *, has_capital: bool, is_shouted: bool
) -> Sense:
    """Return what a word of a text is, COMMON for forms of everyday words and acronyms."""
    if len(key) == 1:
        return Sense.COMMON if key in _ONE_LETTER_WORDS or not has_capital else Sense.UNKNOWN
    if "-" in key:
        return _sense_of_compound(lexicon, key, written)
    if arabic.is_arabic(key):
        return _sense_of_arabic(lexicon, key)
    if len(key) >= _SHORTEST_INFLECTED and any(
        lexicon.senses.get(nominative) is Sense.GIVEN for nominative in nominatives(key)
    ):
        return Sense.GIVEN
    if key.endswith(_INSTITUTIONS):
        return Sense.STAY
    shortest = _SHORTEST_STEM_OF_CAPITALISED if has_capital else _SHORTEST_STEM
    is_acronym = has_capital and not is_shouted and _is_acronym(key, written)
    is_ordinary = is_acronym or _is_form_of_common_word(lexicon, key, shortest)
    return Sense.COMMON if is_ordinary else Sense.UNKNOWN


def _sense_of_compound(lexicon: Lexicon, key: str, written: str) -> Sense:
    if key.replace("-", " ") in lexicon.places:
        return Sense.UNKNOWN
    senses = [lexicon.senses.get(part, Sense.UNKNOWN) for part in key.split("-") if part]
    if _ACRONYM_FIRST.match(written):
        return Sense.COMMON
    if Sense.GIVEN in senses:
        return Sense.GIVEN
    if not all(sense in _ORDINARY for sense in senses):
        return Sense.UNKNOWN
    return Sense.STAY if Sense.STAY in senses else Sense.COMMON


def _sense_of_arabic(lexicon: Lexicon, key: str) -> Sense:
    if arabic.is_servants_name(key):
        return Sense.GIVEN
    if any(lexicon.senses.get(stem) in _ORDINARY for stem in arabic.stems(key)):
        return Sense.COMMON
    spellings = (key, *(name for _, name in arabic.without_particles(key)))
    is_known = any(
        arabic.may_be_foreign_name(spelling) and consonants(spelling) in lexicon.consonants
        for spelling in spellings
    )
    return Sense.GIVEN if is_known else Sense.UNKNOWN


def _is_acronym(key: str, written: str) -> bool:
    """Tell whether a short word has mostly capitals: WFP, MoH, PHMs."""
    return len(key) <= _LONGEST_ACRONYM and 1 < sum(map(str.isupper, written)) > len(key) / 2


def _is_form_of_common_word(lexicon: Lexicon, key: str, shortest: int) -> bool:
    if not key.endswith(_INFLECTIONS):
        return key.endswith("n't")
    endings = _INFLECTIONS if shortest == _SHORTEST_STEM else _INFLECTIONS_OF_CAPITALISED
    return any(
        key.endswith(ending)
        and len(key) - len(ending) >= shortest
        and lexicon.senses.get(key[: -len(ending)]) is Sense.COMMON
        for ending in endings
    )
