"""Feedback records: what community members said, as the field wrote it down."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

CODING_LEVEL_FIELDS = ("coding_level_1", "coding_level_2", "coding_level_3")

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONG_RUN = re.compile(r"(.)\1{100,}", re.DOTALL)


class FeedbackRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    One feedback record of one community member.

    *id* may be empty and may repeat within a request: it is an echo, never a key.
    *created* is the time as written, without time zone; None where none could be read.
    A coding level may hold several labels separated by commas.
    """

    id: str
    content: str
    created: dt.datetime | None = None
    coding_level_1: str | None = None
    coding_level_2: str | None = None
    coding_level_3: str | None = None

    @property
    def coding_levels(self) -> tuple[str | None, str | None, str | None]:
        """The labels of the three levels, first to third."""
        return self.coding_level_1, self.coding_level_2, self.coding_level_3


def clean_content(content: str) -> str:
    """
    Drop control characters and shorten runs of more than 100 equal characters to three.

    Line breaks (as `\\n`) and tabs stay. Nothing else changes: the words are the community member's.
    """
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    content = _CONTROL_CHARACTERS.sub("", content)
    return _LONG_RUN.sub(r"\1\1\1", content) if _LONG_RUN.search(content) else content


def parse_created(text: str | None) -> dt.datetime | None:
    """
    Read an ISO 8601 date or date-time, or a CRM's `YYYY-MM-DD HH:MM:SS`; None if it is neither.

    An offset is dropped, not applied: a record belongs to the day on which it was written down.
    """
    try:
        return dt.datetime.fromisoformat((text or "").strip()).replace(tzinfo=None)
    except ValueError:
        return None
