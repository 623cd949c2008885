"""Which records hold text, and their text as it may be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from qfa_core.feedback import FeedbackRecord, clean_content


def readable(records: Iterable[FeedbackRecord]) -> list[FeedbackRecord]:
    """Return the records that hold text, cleaned, in order; blank ones are dropped."""
    cleaned = (msgspec.structs.replace(record, content=clean_content(record.content)) for record in records)
    return [record for record in cleaned if record.content.strip()]


def with_contents(records: Sequence[FeedbackRecord], contents: Sequence[str]) -> list[FeedbackRecord]:
    """Return *records* with *contents* in the place of theirs, one for one."""
    return [
        msgspec.structs.replace(record, content=content)
        for record, content in zip(records, contents, strict=True)
    ]
