"""What is known of the records of one or many chunks: counts that add up, and sentences to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import reduce

import msgspec

from qfa_adapters.llm.extractive_periods import count_by, month_of, widened
from qfa_adapters.llm.extractive_sensitivity import hinted_kinds, in_words
from qfa_adapters.llm.extractive_themes import Passage, record_counts
from qfa_adapters.llm.extractive_words import WordReader


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """How many records mention a topic, by period for those with a date, and the aspects that go with it."""

    count: int
    periods: Counter[str]
    beside: Counter[str]


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """
    Counts over *records*, by period for those with a date.

    *themes* holds topics, *asked* the words of the question, *words* those that no list holds, *grave* kinds
    of sensitive content. *lost* is how many records lack from the counts, for all or part of what was
    counted of them was cut off. *heard* are sentences that others noted, on *unread* records.
    """

    records: int = 0
    periods: Counter[str] = msgspec.field(default_factory=Counter)
    themes: Mapping[str, Mention] = msgspec.field(default_factory=dict)
    asked: Counter[str] = msgspec.field(default_factory=Counter)
    words: Counter[str] = msgspec.field(default_factory=Counter)
    grave: Counter[str] = msgspec.field(default_factory=Counter)
    quotes: Sequence[str] = ()
    lost: int = 0
    unread: int = 0
    heard: Sequence[str] = ()


def tally_of(
    passages: Sequence[Passage],
    asked: Collection[str],
    reader: WordReader,
    *,
    records: int,
    quotes: Sequence[str],
) -> Tally:
    """Count what *passages* say, and keep *quotes* of them."""
    counts = record_counts(passages)
    lexicon = reader.lexicon
    listed = lexicon.topics | lexicon.aspects | lexicon.kinds
    return Tally(
        records=records,
        periods=_by_month(passages),
        themes={term: _mention(term, passages, lexicon.aspects) for term in lexicon.topics & counts.keys()},
        asked=Counter({term: counts[term] for term in asked if term in counts}),
        words=Counter({term: count for term, count in counts.items() if term not in listed}),
        grave=_grave(passages),
        quotes=tuple(quotes),
    )


def added(tallies: Iterable[Tally]) -> Tally:
    """Add tallies up."""
    return reduce(_add, tallies, Tally())


def in_few_periods(tally: Tally) -> Tally:
    """Return *tally* with its counts by few periods of one width."""
    mentions = tally.themes.values()
    known = {period for counts in (tally.periods, *(one.periods for one in mentions)) for period in counts}
    return _by_period(tally, widened(known))


def _by_period(tally: Tally, widen: Callable[[str], str]) -> Tally:
    return msgspec.structs.replace(
        tally,
        periods=count_by(widen, tally.periods),
        themes={
            term: msgspec.structs.replace(mention, periods=count_by(widen, mention.periods))
            for term, mention in tally.themes.items()
        },
    )


def _add(one: Tally, other: Tally) -> Tally:
    return Tally(
        records=one.records + other.records,
        periods=one.periods + other.periods,
        themes={
            term: _add_mentions(one.themes.get(term), other.themes.get(term))
            for term in one.themes.keys() | other.themes.keys()
        },
        asked=one.asked + other.asked,
        words=one.words + other.words,
        grave=one.grave + other.grave,
        quotes=tuple(dict.fromkeys((*one.quotes, *other.quotes))),
        lost=one.lost + other.lost,
        unread=one.unread + other.unread,
        heard=tuple(dict.fromkeys((*one.heard, *other.heard))),
    )


def _add_mentions(one: Mention | None, other: Mention | None) -> Mention:
    known = [mention for mention in (one, other) if mention]
    return Mention(
        count=sum(mention.count for mention in known),
        periods=sum((mention.periods for mention in known), Counter[str]()),
        beside=sum((mention.beside for mention in known), Counter[str]()),
    )


def _mention(term: str, passages: Iterable[Passage], aspects: frozenset[str]) -> Mention:
    holding = [passage for passage in passages if term in passage.terms]
    beside: Counter[str] = Counter()
    for passage in holding:
        for aspect in aspects & passage.terms:
            beside[aspect] += passage.times
    return Mention(count=sum(passage.times for passage in holding), periods=_by_month(holding), beside=beside)


def _by_month(passages: Iterable[Passage]) -> Counter[str]:
    months: Counter[str] = Counter()
    for passage in passages:
        if month := month_of(passage.date):
            months[month] += passage.times
    return months


def _grave(passages: Iterable[Passage]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for passage in passages:
        for kind in hinted_kinds("\n".join(sentence.text for sentence in passage.sentences)):
            kinds[in_words(kind)] += passage.times
    return kinds
