"""A whole corpus, made ready to be read by a language model: pseudonymised, each text once, in chunks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from qfa_core.budget import TokenBudget
from qfa_core.chunking import Chunk, Part, chunks_of, split_text
from qfa_core.clusters import Clustering
from qfa_core.duplicates import first_of_their_kind
from qfa_core.feedback import FeedbackRecord
from qfa_core.prompts.envelope import escape
from qfa_core.prompts.records import weighed_envelope
from qfa_core.scripts import weight


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A text, pseudonymised, and the records that say it: *record* is the oldest, *others* the rest."""

    text: str
    record: FeedbackRecord
    others: tuple[FeedbackRecord, ...] = ()

    @property
    def records(self) -> tuple[FeedbackRecord, ...]:
        """All records that say this."""
        return self.record, *self.others


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """
    The records that hold text, each text once.

    *question* is the analyst's, pseudonymised with them; *originals* is what all placeholders stand for.
    """

    entries: tuple[Entry, ...]
    question: str
    originals: Mapping[str, str]

    @property
    def record_count(self) -> int:
        """How many records say anything."""
        return sum(len(entry.records) for entry in self.entries)


def entries_of(records: Sequence[FeedbackRecord], texts: Sequence[str]) -> tuple[Entry, ...]:
    """Put records that say the same together; *texts* are theirs, pseudonymised, one for one."""
    saying: dict[int, list[FeedbackRecord]] = defaultdict(list)
    for record, first in zip(records, first_of_their_kind(texts), strict=True):
        saying[first].append(record)
    for same in saying.values():
        same.sort(key=lambda record: record.created or dt.datetime.max)
    return tuple(
        Entry(text=texts[first], record=same[0], others=tuple(same[1:])) for first, same in saying.items()
    )


def with_repeated(entries: Sequence[Entry], clustering: Clustering, *, min_size: int) -> Clustering:
    """
    Return *clustering* with a cluster for each text in none that *min_size* records say.

    A clusterer sees each text once; what a whole village says in the same words is a theme all the same.
    """
    labels = list(clustering.labels)
    exemplars = list(clustering.exemplars)
    for position, entry in enumerate(entries):
        if labels[position] is None and len(entry.records) >= min_size:
            labels[position] = len(exemplars)
            exemplars.append((position,))
    return Clustering(labels=tuple(labels), exemplars=tuple(exemplars))


def cut_into_chunks(
    entries: Sequence[Entry], clustering: Clustering | None, *, max_tokens: int, budget: TokenBudget
) -> list[Chunk]:
    """Partition *entries* into chunks; without *clustering* by their dates alone."""
    labels = clustering.labels if clustering else (None,) * len(entries)
    parts = (
        part
        for position, (entry, label) in enumerate(zip(entries, labels, strict=True))
        for part in _parts_of(entry, position, label, max_tokens, budget)
    )
    return chunks_of(parts, max_tokens=max_tokens)


def _parts_of(
    entry: Entry, position: int, cluster: int | None, max_tokens: int, budget: TokenBudget
) -> list[Part]:
    """Return one part or, of a text that is larger than a chunk, several."""
    whole = weighed_envelope(entry.text, entry.record, times=len(entry.records))
    fits = budget.tokens(whole, "\n") <= max_tokens
    texts = [whole] if fits else _pieces_of(entry, max_tokens, budget)
    return [
        Part(
            position=position,
            text=text,
            tokens=budget.tokens(text, "\n"),
            number=number,
            of=len(texts),
            cluster=cluster,
            created=entry.record.created,
        )
        for number, text in enumerate(texts, start=1)
    ]


def _pieces_of(entry: Entry, max_tokens: int, budget: TokenBudget) -> list[str]:
    """Return a text in envelopes that fit; without its codes where those would fill half of each."""
    record, times = entry.record, len(entry.records)
    room = (max_tokens - 1) * budget.chars_per_token
    around = weight(weighed_envelope("", record, times=times, number=1000, of=1000))
    if around > room / 2:
        record = msgspec.structs.replace(
            record, coding_level_1=None, coding_level_2=None, coding_level_3=None
        )
        around = weight(weighed_envelope("", record, times=times, number=1000, of=1000))
    pieces = split_text(entry.text, limit=room - around, weight=lambda text: weight(escape(text)))
    return [
        weighed_envelope(piece, record, times=times, number=number, of=len(pieces))
        for number, piece in enumerate(pieces, start=1)
    ]
