"""Find what many feedback records have in common: themes with counts, and sentences that stand for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate

import msgspec

from qfa_adapters.llm.extractive_words import WordReader, sentences
from qfa_core.prompts.envelope import Enveloped

_SHORT_TERMS = 6  # a sentence of fewer terms than this says little, however telling they are
_TREND_FACTOR = 2
_TREND_MINIMUM = 3
_NUMBER = re.compile("[1-9][0-9]{0,8}")


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence and its terms."""

    text: str
    terms: frozenset[str]


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """
    One feedback record as read: its sentences, all terms, and the day it was written, if known.

    *times* is how many records say the same, this one included.
    """

    sentences: tuple[Sentence, ...]
    terms: frozenset[str]
    date: str
    times: int = 1


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """
    A term and the records that hold it.

    *earlier* and *later* count those in the earlier and the later half of the dated records.
    *companions* are the aspects that most often occur in the same records, with their counts.
    """

    term: str
    count: int
    earlier: int
    later: int
    companions: tuple[tuple[str, int], ...]

    @property
    def trend(self) -> str:
        """How it goes over time, in a word; empty if it does not change much."""
        return trend(self.earlier, self.later)


def trend(earlier: int, later: int, *, later_share: float = 0.5) -> str:
    """
    Say how a count goes over time, in a word; empty if it does not change much.

    *later_share* is the share of all records that are the later ones, between 0 and 1.
    """
    expected = (1 - later_share) / later_share
    if later >= _TREND_MINIMUM and later * expected >= _TREND_FACTOR * earlier:
        return "growing"
    if earlier >= _TREND_MINIMUM and earlier >= _TREND_FACTOR * later * expected:
        return "fading"
    return ""


def read_passages(records: Iterable[Enveloped], reader: WordReader) -> list[Passage]:
    """Read enveloped feedback records, in order."""
    return [_passage(record, reader) for record in records]


def record_counts(passages: Iterable[Passage]) -> Counter[str]:
    """Count in how many records each term occurs."""
    counts: Counter[str] = Counter()
    for passage in passages:
        for term in passage.terms:
            counts[term] += passage.times
    return counts


def record_total(passages: Iterable[Passage]) -> int:
    """Count the records that say what *passages* hold."""
    return sum(passage.times for passage in passages)


def ranked(counts: Mapping[str, int], terms: Collection[str]) -> list[str]:
    """Return those of *terms* that occur, the most frequent first, then by name."""
    return sorted((term for term in terms if counts.get(term)), key=lambda term: (-counts[term], term))


def find_themes(passages: Sequence[Passage], reader: WordReader, *, at_most: int) -> list[Theme]:
    """Return the topics that most records hold, by falling frequency."""
    terms = ranked(record_counts(passages), reader.lexicon.topics)[:at_most]
    middle = _middle_day(passages)
    return [_theme(term, passages, middle, reader.lexicon.aspects) for term in terms]


def central_sentences(
    passages: Iterable[Passage],
    weights: Mapping[str, int],
    *,
    holding: Collection[str] | None = None,
) -> list[str]:
    """
    Rank the sentences: first those that say most of what is said often.

    Only those that hold one of *holding* count, where given. A term weighs what *weights* says;
    the sum is divided by the number of terms, so that sentences do not win by length alone.
    """
    wanted = None if holding is None else frozenset(holding)
    scores: dict[str, float] = {}
    for passage in passages:
        for sentence in passage.sentences:
            if wanted is None or wanted & sentence.terms:
                total = sum(weights.get(term, 0) for term in sentence.terms)
                scores[sentence.text] = total / (_SHORT_TERMS + len(sentence.terms))
    return sorted(scores, key=lambda text: (-scores[text], text))


def _passage(record: Enveloped, reader: WordReader) -> Passage:
    found = tuple(Sentence(text=text, terms=frozenset(reader.read(text))) for text in sentences(record.text))
    terms = frozenset[str]().union(*(sentence.terms for sentence in found))
    said_by = _NUMBER.match(record.attributes.get("said_by", ""))
    return Passage(
        sentences=found,
        terms=terms,
        date=record.attributes.get("date", ""),
        times=int(said_by.group()) if said_by else 1,
    )


def _middle_day(passages: Iterable[Passage]) -> str:
    """Return the day of the record in the middle of those with a date, from which the later half counts."""
    dated = sorted((passage.date, passage.times) for passage in passages if passage.date)
    half = sum(times for _, times in dated) // 2
    for (day, _), seen in zip(dated, accumulate(times for _, times in dated), strict=True):
        if seen > half:
            return day
    return ""


def _theme(term: str, passages: Sequence[Passage], middle: str, aspects: frozenset[str]) -> Theme:
    holding = [passage for passage in passages if term in passage.terms]
    dated = [passage for passage in holding if passage.date]
    beside = record_counts(holding)
    return Theme(
        term=term,
        count=record_total(holding),
        earlier=record_total(passage for passage in dated if passage.date < middle),
        later=record_total(passage for passage in dated if passage.date >= middle),
        companions=tuple((aspect, beside[aspect]) for aspect in ranked(beside, aspects)[:3]),
    )
