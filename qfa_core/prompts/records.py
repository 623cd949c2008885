"""Feedback records as they stand in a prompt."""

from __future__ import annotations

from collections.abc import Sequence

from qfa_core.feedback import FeedbackRecord
from qfa_core.prompts.envelope import envelope


def record_envelope(content: str) -> str:
    """Return one record's content in its envelope; ids and metadata do not leave."""
    return envelope("feedback_record", content)


def dated_envelopes(records: Sequence[FeedbackRecord]) -> str:
    """Return records with their number, day and codes, one a line, for questions about what changed when."""
    return "\n".join(
        envelope(
            "feedback_record",
            record.content,
            number=str(number),
            date=record.created.date().isoformat() if record.created else None,
            codes=", ".join(filter(None, record.coding_levels)),
        )
        for number, record in enumerate(records, start=1)
    )


def numbered_envelopes(records: Sequence[FeedbackRecord]) -> str:
    """Return the contents of records with their number alone, one a line."""
    return "\n".join(
        envelope("feedback_record", record.content, number=str(number))
        for number, record in enumerate(records, start=1)
    )
