"""The word lists that names and places are recognised by."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources

import msgspec

from qfa_adapters.anonymize import cues
from qfa_adapters.anonymize.folding import fold


class Sense(enum.Enum):
    """What a word is by itself."""

    TITLE = enum.auto()  # Mrs, nurse
    STAY = enum.auto()  # names nobody, though written with a capital: months, peoples, organisations
    EITHER = enum.auto()  # a word and a given name: Grace, Hope
    COMMON = enum.auto()
    GIVEN = enum.auto()
    FAMILY = enum.auto()
    UNKNOWN = enum.auto()


class Lexicon(msgspec.Struct, frozen=True, kw_only=True):
    """
    What words can be; every word is folded, see `fold`.

    *senses* leaves unknown words out. *family* holds all family names, Brown included, which is
    a common word in *senses*. *abroad* says what a word is instead in a text that is not English,
    where it is no place either. *bound* are everyday words that are names beside a name or
    behind a cue only: Brown, May. *places* may hold spaces; *long_places* says for two words how
    many words the places that begin with them have, most first.
    """

    senses: Mapping[str, Sense]
    abroad: Mapping[str, Sense]
    family: frozenset[str]
    bound: frozenset[str]
    places: frozenset[str]
    long_places: Mapping[tuple[str, str], tuple[int, ...]]

    @classmethod
    def load(cls) -> Lexicon:
        """Read the lists that come with this package: a fifth of a second, 25 MB."""
        regions = frozenset(_entries("places_more"))
        given = {*_entries("given_names"), *map(fold, _words("given_names_more"))}
        surnames = frozenset(_words("family_names_more"))
        return cls.of(
            given=given - regions,
            family=surnames.union(_entries("family_names")),
            bound=_words("bound_names"),
            either=[*_entries("words_and_names"), *_words("names_or_words")],
            common=frozenset(_entries("common_words")) - surnames,
            stay=_words("stay_words"),
            abroad=[*_entries("words_abroad"), *_words("words_abroad_more")],
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
        stay: Iterable[str],
        abroad: Iterable[str],
        places: Iterable[str],
    ) -> Lexicon:
        """Make a lexicon of lists; a word in several of them has the sense that speaks least for a name."""
        bound, places = frozenset(bound), frozenset(places)
        family = bound.union(family)
        senses = dict.fromkeys(family, Sense.FAMILY)
        senses |= dict.fromkeys(given, Sense.GIVEN)
        senses |= dict.fromkeys(common, Sense.COMMON)
        senses |= dict.fromkeys(either, Sense.EITHER)
        senses |= dict.fromkeys([*stay, *cues.ORGANISATION_HEADS, *cues.PLACE_HEADS], Sense.STAY)
        senses |= dict.fromkeys(cues.FORMS_OF_ADDRESS | cues.ROLES, Sense.TITLE)
        return cls(
            senses=senses,
            abroad={word: _sense_abroad(senses.get(word)) for word in abroad},
            family=family,
            bound=bound,
            places=places,
            long_places=_lengths_by_opening(places),
        )


def _sense_abroad(sense: Sense | None) -> Sense:
    """Return what a word of another language is there, given what it is in English."""
    if sense is Sense.GIVEN:
        return Sense.EITHER
    return Sense.COMMON if sense in (None, Sense.FAMILY) else sense


def _entries(name: str) -> Iterator[str]:
    path = resources.files("qfa_adapters.anonymize") / "data" / f"{name}.txt"
    return (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


def _words(name: str) -> Iterator[str]:
    return (word for line in _entries(name) for word in line.split())


def _lengths_by_opening(places: frozenset[str]) -> dict[tuple[str, str], tuple[int, ...]]:
    lengths: dict[tuple[str, str], tuple[int, ...]] = {}
    for words in sorted((place.split() for place in places if " " in place), key=len, reverse=True):
        opening = (words[0], words[1])
        if len(words) not in lengths.get(opening, ()):
            lengths[opening] = (*lengths.get(opening, ()), len(words))
    return lengths
