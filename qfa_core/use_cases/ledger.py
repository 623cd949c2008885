"""What became of every record of a corpus, and how far what was read of it can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from qfa_core.errors import FilterCategory
from qfa_core.insights import FilteredRecord, RecordLedger
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.prompts.combine import Notes
from qfa_core.use_cases.corpus import Corpus
from qfa_core.use_cases.read_chunks import Fate, Reading

_GRAVITY: Mapping[Fate, int] = {"analysed": 0, "out_of_time": 1, "failed": 2, "filtered": 3}


def ledger_of(received: int, corpus: Corpus, readings: Sequence[Reading]) -> RecordLedger:
    """
    Count every record of a request that received so many; one in several parts fares as its worst part.

    Records that say what another says share its fate: duplicates where it was analysed.
    Raises ValueError if any record is not accounted for.
    """
    fates = _fates(readings)
    counts: Counter[str] = Counter()
    for position, entry in enumerate(corpus.entries):
        fate = "failed" if fates[position] == "out_of_time" else fates[position]
        counts[fate] += 1
        counts["duplicate" if fate == "analysed" else fate] += len(entry.others)
    return RecordLedger(
        received=received,
        blank=received - corpus.record_count,
        analysed=counts["analysed"],
        duplicate=counts["duplicate"],
        filtered=counts["filtered"],
        failed=counts["failed"],
    )


def filtered_in(corpus: Corpus, readings: Sequence[Reading]) -> tuple[FilteredRecord, ...]:
    """Return the refused records, those that say the same included, with what the filter found in them."""
    found: dict[int, set[FilterCategory]] = {}
    for reading in readings:
        if reading.fate == "filtered":
            for part in reading.chunk:
                found.setdefault(part.position, set()).update(reading.categories)
    return tuple(
        FilteredRecord(record_id=record.id, categories=tuple(sorted(categories)))
        for position, categories in sorted(found.items())
        for record in corpus.entries[position].records
    )


def notes_of(corpus: Corpus, readings: Sequence[Reading]) -> list[Notes]:
    """Return what was noted, in date order, with how many records of which days it is about."""
    return [
        Notes(
            text=reading.notes.text,
            record_count=round(records_in(corpus, reading)),
            first=min((part.created.date() for part in reading.chunk if part.created), default=None),
            last=max((part.created.date() for part in reading.chunk if part.created), default=None),
        )
        for reading in readings
        if reading.notes is not None
    ]


def confidence_of(
    corpus: Corpus, readings: Sequence[Reading], verdicts: Sequence[Verdict | None]
) -> float | None:
    """Return the mean of the scores, weighed by records, to four digits; None where nothing was scored."""
    weighed = [
        (records_in(corpus, reading), verdict.score)
        for reading, verdict in zip(readings, verdicts, strict=True)
        if verdict is not None
    ]
    total = sum(records for records, _ in weighed)
    return round(sum(records * score for records, score in weighed) / total, 4) if total else None


def records_in(corpus: Corpus, reading: Reading) -> float:
    """Return how many records a chunk speaks for; a part of one counts in proportion."""
    return sum(len(corpus.entries[part.position].records) / part.of for part in reading.chunk)


def _fates(readings: Sequence[Reading]) -> Mapping[int, Fate]:
    fates: dict[int, Fate] = {}
    for reading in readings:
        for part in reading.chunk:
            known = fates.get(part.position, "analysed")
            fates[part.position] = max(known, reading.fate, key=_GRAVITY.__getitem__)
    return fates
