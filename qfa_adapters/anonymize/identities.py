"""Telling which mentions of people are of one person, over all texts of a request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from qfa_adapters.anonymize import cues
from qfa_adapters.anonymize.folding import fold
from qfa_adapters.anonymize.inflection import certain_nominatives
from qfa_adapters.anonymize.mention import PERSON
from qfa_core.pseudonyms import EntitySpan, identity_of

Name = tuple[str, ...]
_LONGEST_TITLE = 20
_FEWEST_WORDS_OF_A_FULL_NAME = 2


def link_identities(texts: Sequence[str], spans: Sequence[Sequence[EntitySpan]]) -> Callable[[str, str], str]:
    """
    Return an identity for `pseudonymise` under which Maria is Maria Gonzalez if she is the only Maria.

    A first or last name alone is short for a full name if no other full name has it; full names are one
    only if all their words are. Russian and Ukrainian cases count where the form can be no other
    person's. Whoever is called both Mr and Mrs stays apart from full names. Takes time in proportion
    to the mentions.
    """
    spellings: dict[str, Name] = {}
    genders: dict[str, set[str]] = defaultdict(set)
    for text, found in zip(texts, spans, strict=True):
        for span in found:
            if span.kind == PERSON:
                value = text[span.start : span.end]
                if value not in spellings:
                    spellings[value] = _words_of(value)
                genders[fold(value)] |= _gender_before(text, span.start)
    names = _in_nominative(spellings)
    couples = {spellings[value] for value in spellings if len(genders[fold(value)]) > 1}
    longer = _only_longer_names({name for name in names.values() if name})

    def identity(kind: str, value: str) -> str:
        name = names.get(value)
        if kind != PERSON or not name:
            return identity_of(kind, value)
        return " ".join(name if name in couples else longer.get(name, name))

    return identity


def _words_of(value: str) -> Name:
    """Return the words of a name, folded but for a last й, which tells cases apart."""
    parted = value.casefold().replace("-", " ").replace(".", " ").split()
    return tuple(fold(word[:-1]) + "й" if word.endswith("й") else fold(word) for word in parted)


def _gender_before(text: str, start: int) -> set[str]:
    """Return who a title before the name is for: m, f, or nothing."""
    title = fold(text[max(0, start - _LONGEST_TITLE) : start]).replace(".", " ").split()[-1:]
    return {gender for gender, titles in cues.TITLES_BY_GENDER.items() if title and title[0] in titles}


def _in_nominative(spellings: Mapping[str, Name]) -> dict[str, Name]:
    """Return the names with each word in the nominative, if exactly one is among the words of all names."""
    known = {word for name in spellings.values() for word in name}
    nominatives = {word: known.intersection(certain_nominatives(word)) - {word} for word in known}
    bases = {word: _base_of(word, nominatives) for word in known}
    return {value: tuple(bases[word] for word in name) for value, name in spellings.items()}


def _base_of(word: str, nominatives: Mapping[str, set[str]]) -> str:
    candidates = {base for base in nominatives[word] if not nominatives[base]}
    return candidates.pop() if len(candidates) == 1 else word


def _only_longer_names(names: Iterable[Name]) -> dict[Name, Name]:
    """Return for each single name the full name that it is short for, if there is exactly one."""
    longer: dict[Name, set[Name]] = defaultdict(set)
    for name in names:
        for short in _shortened(name):
            longer[short].add(name)
    return {short: candidates.pop() for short, candidates in longer.items() if len(candidates) == 1}


def _shortened(name: Name) -> set[Name]:
    """Return what a full name may be shortened to: its first or its last word, that with its particles."""
    plain = [at for at, word in enumerate(name) if word not in cues.PARTICLES]
    if len(plain) < _FEWEST_WORDS_OF_A_FULL_NAME:
        return set()
    start = plain[-2] + 1
    return {name[:1], name[-1:], *(name[at:] for at in range(start, len(name)))}
