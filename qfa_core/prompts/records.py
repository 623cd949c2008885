"""Feedback records as they stand in a prompt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qfa_core.feedback import FeedbackRecord
from qfa_core.prompts.envelope import envelope

_MOST_CODE_CHARACTERS = 300


def record_envelope(content: str) -> str:
    """Return one record's content in its envelope; ids and metadata do not leave."""
    return envelope("feedback_record", content)


def with_dated_envelopes(records: Sequence[FeedbackRecord], *following: str) -> str:
    """
    Return records with their number, day and codes, one a line, for questions about what changed when.

    The paragraphs *following* stand behind them: a copy less, of what may be megabytes, than adding them.
    """
    envelopes = (
        envelope(
            "feedback_record",
            record.content,
            number=str(number),
            date=record.created.date().isoformat() if record.created else None,
            codes=", ".join(filter(None, record.coding_levels)),
        )
        for number, record in enumerate(records, start=1)
    )
    return _joined(envelopes, following)


def weighed_envelope(
    content: str, record: FeedbackRecord, *, times: int = 1, number: int = 1, of: int = 1
) -> str:
    """
    Return *content*, all of *record* or part *number* of so many, with its day, its codes and its weight.

    *times* is how many records say this, word for word. Codes are cut to a length that leaves room.
    """
    return envelope(
        "feedback_record",
        content,
        date=record.created.date().isoformat() if record.created else None,
        codes=", ".join(filter(None, record.coding_levels))[:_MOST_CODE_CHARACTERS],
        said_by=f"{times} records" if times > 1 else None,
        part=f"{number} of {of}" if of > 1 else None,
    )


def with_numbered_envelopes(records: Sequence[FeedbackRecord], *following: str) -> str:
    """Return the contents of records with their number alone, one a line, and the paragraphs *following*."""
    envelopes = (
        envelope("feedback_record", record.content, number=str(number))
        for number, record in enumerate(records, start=1)
    )
    return _joined(envelopes, following)


def _joined(envelopes: Iterable[str], following: Iterable[str]) -> str:
    return "\n".join((*envelopes, *(f"\n{paragraph}" for paragraph in following)))
