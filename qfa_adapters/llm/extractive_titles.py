"""Name groups of records by the words that are more frequent in one than in the others."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from itertools import chain, pairwise

import msgspec

from qfa_adapters.llm.extractive_quotes import quotation, quotes
from qfa_adapters.llm.extractive_themes import Passage, ranked, read_passages, record_counts, record_total
from qfa_adapters.llm.extractive_wording import capitalised, records
from qfa_adapters.llm.extractive_words import WordReader
from qfa_core.prompts.envelope import Enveloped, open_envelopes
from qfa_core.prompts.name_themes import NamedTheme, NamedThemes

_WORDS_OF_TITLE = 3
_ENOUGH = 0.2  # of a group's records must hold a word that names it
_LISTED_WEIGHT = 3.0  # what the lexicon knows is said in several languages, and says more
_WORD = re.compile(r"\w+")
_NO_TITLE = "Other feedback"
_COUNTED = "local/extractive: words counted, no language model"


class _Group(msgspec.Struct, frozen=True):
    label: str
    passages: Sequence[Passage]
    size: int
    counts: Counter[str]

    def share(self, term: str) -> float:
        return self.counts[term] / self.size


def name_themes(message: str) -> NamedThemes:
    """Name each group by up to three terms, no two by the same where their words allow it."""
    reader = WordReader()
    groups = _groups(message, reader)
    themes = []
    used: set[frozenset[str]] = set()
    for group in groups:
        chosen = _unused(_telling(group, groups, reader), used)
        used.add(frozenset(chosen))
        themes.append(_named(group, chosen, reader))
    return NamedThemes(themes=themes)


def _groups(message: str, reader: WordReader) -> list[_Group]:
    members: dict[str, list[Enveloped]] = defaultdict(list)
    for envelope in open_envelopes("feedback_record", message):
        members[envelope.attributes.get("group", "")].append(envelope)
    read = {label: read_passages(envelopes, reader) for label, envelopes in members.items()}
    return [
        _Group(label, passages, record_total(passages), record_counts(passages))
        for label, passages in read.items()
    ]


def _telling(group: _Group, groups: Sequence[_Group], reader: WordReader) -> list[str]:
    """Return the terms of a group, those first that many of its records hold and few of any other group."""
    lexicon = reader.lexicon
    listed = lexicon.topics | lexicon.aspects
    others = [other for other in groups if other is not group]
    scores: dict[str, float] = {}
    passed_over = lexicon.kinds | (_names(group.passages, reader) - listed)
    for term in _frequent(group, listed, passed_over):
        own = group.share(term)
        elsewhere = max((other.share(term) for other in others), default=0.0)
        weight = _LISTED_WEIGHT if term in listed else 1.0
        scores[term] = weight * own * own / (own + elsewhere)
    return sorted(scores, key=lambda term: (-scores[term], term))


def _names(passages: Iterable[Passage], reader: WordReader) -> set[str]:
    """Return the terms that are written like names: with a capital, not only where a sentence begins."""
    names: set[str] = set()
    for sentence in (sentence for passage in passages for sentence in passage.sentences):
        for before, word in pairwise(_WORD.findall(sentence.text)):
            if word[0].isupper():
                names.update(reader.read(word), reader.read(before) if before[0].isupper() else ())
    return names


def _frequent(group: _Group, listed: Set[str], passed_over: Set[str]) -> list[str]:
    """Return the terms that several records hold; where there are none, listed ones, or else all."""
    terms = ranked(group.counts, group.counts.keys() - passed_over)
    enough = max(2.0, _ENOUGH * group.size)
    return (
        [term for term in terms if group.counts[term] >= enough]
        or [term for term in terms if term in listed]
        or terms
    )


def _unused(terms: Sequence[str], used: Collection[frozenset[str]]) -> list[str]:
    """Return the first terms; the last of them gives way until no title before holds the same."""
    first = list(terms[: _WORDS_OF_TITLE - 1])
    choices = chain(
        ([*first, term] for term in terms[_WORDS_OF_TITLE - 1 :]), [first], ([term] for term in terms)
    )
    return next((choice for choice in choices if frozenset(choice) not in used), first)


def _named(group: _Group, terms: Sequence[str], reader: WordReader) -> NamedTheme:
    title = capitalised(", ".join(map(reader.spelled, terms))) or _NO_TITLE
    return NamedTheme(label=group.label, title=title, description=_description(group, terms, reader))


def _description(group: _Group, terms: Sequence[str], reader: WordReader) -> str:
    held: Mapping[str, int] = {reader.spelled(term): group.counts[term] for term in terms}
    counted = ", ".join(f"{name} in {count}" for name, count in held.items()) or "no word that is listed"
    central = next(quotes(group.passages, terms, reader.lexicon, holding=terms or None), None)
    quoted = f": {quotation(central)}" if central else "."
    return f"Of the {records(group.size)} shown: {counted}{quoted} ({_COUNTED})"
