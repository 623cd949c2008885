"""The word lists that names and places are recognised by."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources

import msgspec

from qfa_adapters.anonymize import cues
from qfa_adapters.anonymize.folding import fold
from qfa_adapters.anonymize.transliteration import FEWEST_CONSONANTS, consonants


class Sense(enum.Enum):
    """What a word is by itself."""

    TITLE = enum.auto()  # Mrs, nurse
    STAY = enum.auto()  # names nobody, though written with a capital: months, peoples, organisations
    EITHER = enum.auto()  # a word and a given name: Grace, Hope
    COMMON = enum.auto()
    GIVEN = enum.auto()
    FAMILY = enum.auto()
    UNKNOWN = enum.auto()


_NAMES_ABROAD = ("jan",)  # but in English a month


class Lexicon(msgspec.Struct, frozen=True, kw_only=True):
    """
    What words can be; every word is folded, see `fold`.

    *senses* leaves unknown words out. *family* holds all family names, Brown included, which is
    a common word in *senses*. *abroad* says what a word is instead in a text that is not English,
    where it is no place either. *bound* are everyday words that are names beside a name or
    behind a cue only: Brown, May. *places* may hold spaces; *long_places* says by their first
    word, and by their second, how many words such places have, most first. *telling* are the
    places of one word, the first words of the others, and the last words of cues.
    """

    senses: Mapping[str, Sense]
    abroad: Mapping[str, Sense]
    family: frozenset[str]
    bound: frozenset[str]
    places: frozenset[str]
    long_places: Mapping[str, Mapping[str, tuple[int, ...]]]
    telling: frozenset[str]
    consonants: frozenset[str]

    @classmethod
    def load(cls, *, without: Callable[[str], bool] = lambda _name: False) -> Lexicon:
        """
        Read the lists that come with this package: a fifth of a second, 25 MB.

        Names for which *without* is true are left out, to measure what is found of names that no list holds.
        """
        regions = frozenset(_entries("places_more"))
        given = {*_entries("given_names"), *map(fold, _words("given_names_more"))}
        surnames = frozenset(_words("family_names_more"))
        return cls.of(
            given={name for name in given - regions if not without(name)},
            family={name for name in surnames.union(_entries("family_names")) if not without(name)},
            bound=_words("bound_names"),
            either=[*_entries("words_and_names"), *_words("names_or_words")],
            common=frozenset(_entries("common_words")) - surnames,
            vocabulary=[
                *_entries("words_cyrillic"),
                *_entries("words_arabic"),
                *_words("words_of_the_field_arabic"),
            ],
            strong=map(fold, _words("names_though_words")),
            stay=map(fold, _words("stay_words")),
            abroad=[*_entries("words_abroad"), *map(fold, _words("words_abroad_more"))],
            vocabulary_abroad=_entries("words_latin"),
            places=regions.union(_entries("places")),
        )

    @classmethod
    def of(
        cls,
        *,
        given: Iterable[str],
        family: Iterable[str],
        bound: Iterable[str],
        either: Iterable[str],
        common: Iterable[str],
        vocabulary: Iterable[str],
        strong: Iterable[str],
        stay: Iterable[str],
        abroad: Iterable[str],
        vocabulary_abroad: Iterable[str],
        places: Iterable[str],
    ) -> Lexicon:
        """
        Make a lexicon of lists; a word in several of them has the sense that speaks least for a name.

        But a name that is a word of *vocabulary* or *vocabulary_abroad* is either, a name if *strong*.
        """
        bound, places = frozenset(bound), frozenset(places)
        family = bound.union(family)
        long_places = _lengths_by_opening(places)
        strong = frozenset(strong)
        given, vocabulary = frozenset(given), frozenset(vocabulary)
        senses = dict.fromkeys(vocabulary, Sense.COMMON)
        senses |= dict.fromkeys(family, Sense.FAMILY)
        senses |= dict.fromkeys(given, Sense.GIVEN)
        senses |= dict.fromkeys((given & vocabulary) - strong, Sense.EITHER)
        known_by_consonants = frozenset(_long_consonants(senses))
        senses |= dict.fromkeys(common, Sense.COMMON)
        senses |= dict.fromkeys(either, Sense.EITHER)
        senses |= dict.fromkeys([*stay, *cues.ORGANISATION_HEADS, *cues.PLACE_HEADS], Sense.STAY)
        senses |= dict.fromkeys(cues.FORMS_OF_ADDRESS | cues.ROLES, Sense.TITLE)
        return cls(
            senses=senses,
            abroad={word: _sense_abroad(senses.get(word)) for word in vocabulary_abroad if word not in strong}
            | {word: _sense_abroad(senses.get(word)) for word in abroad}
            | dict.fromkeys(_NAMES_ABROAD, Sense.GIVEN),
            family=family,
            bound=bound,
            places=places,
            long_places=long_places,
            telling=frozenset(place for place in places if " " not in place).union(
                long_places, cues.LAST_WORDS
            ),
            consonants=known_by_consonants,
        )


def _sense_abroad(sense: Sense | None) -> Sense:
    """Return what a word of another language is there, given what it is in English."""
    if sense is Sense.GIVEN:
        return Sense.EITHER
    return Sense.COMMON if sense in (None, Sense.FAMILY) else sense


def _long_consonants(senses: Mapping[str, Sense]) -> Iterator[str]:
    for word, sense in senses.items():
        if sense in (Sense.GIVEN, Sense.FAMILY) and word.isascii():
            coded = consonants(word)
            if len(coded) >= FEWEST_CONSONANTS:
                yield coded


def _entries(name: str) -> Iterator[str]:
    path = resources.files("qfa_adapters.anonymize") / "data" / f"{name}.txt"
    return (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


def _words(name: str) -> Iterator[str]:
    return (word for line in _entries(name) for word in line.split())


def _lengths_by_opening(places: frozenset[str]) -> dict[str, dict[str, tuple[int, ...]]]:
    lengths: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for first, second, *rest in sorted(
        (place.split() for place in places if " " in place), key=len, reverse=True
    ):
        known = lengths[first].get(second, ())
        if len(rest) + 2 not in known:
            lengths[first][second] = (*known, len(rest) + 2)
    return dict(lengths)
