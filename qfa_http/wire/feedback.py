"""Feedback records as callers send them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from qfa_core import feedback, insights
from qfa_core.errors import FilterCategory

Fraction = Annotated[float, Meta(ge=0, le=1)]
CodingLevel = Annotated[
    str | None,
    Meta(
        description="One label or several, separated by commas; empty means none.", examples=["Water, Health"]
    ),
]


class Metadata(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """What is known about a feedback record. Other keys are refused."""

    created: Annotated[
        str,
        Meta(
            description="ISO 8601 date or date-time, or `YYYY-MM-DD HH:MM:SS`; empty means unknown.",
            examples=["2024-06-01 12:00:00"],
        ),
    ] = ""
    coding_level_1: CodingLevel = None
    coding_level_2: CodingLevel = None
    coding_level_3: CodingLevel = None
    feedback_record_id: Annotated[
        str | None, Meta(description="Accepted and ignored.", extra_json_schema={"deprecated": True})
    ] = None


class FeedbackRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One feedback record of one community member."""

    id: Annotated[str, Meta(description="Comes back as it is; may be empty, may repeat.")]
    content: Annotated[
        str, Meta(max_length=100_000, description="What the community member said; may be empty.")
    ]
    metadata: Metadata = Metadata()

    def to_core(self) -> feedback.FeedbackRecord:
        """Return the record as the core knows it; empty strings become None."""
        return feedback.FeedbackRecord(
            id=self.id,
            content=self.content,
            created=feedback.parse_created(self.metadata.created),
            coding_level_1=self.metadata.coding_level_1 or None,
            coding_level_2=self.metadata.coding_level_2 or None,
            coding_level_3=self.metadata.coding_level_3 or None,
        )


FeedbackRecords = Annotated[tuple[FeedbackRecord, ...], Meta(min_length=1)]
OutputLanguage = Annotated[
    str | None,
    Meta(
        description="Language of the answer in words of your own; empty means that of the feedback.",
        examples=["French"],
    ),
]
QualityScore = Annotated[
    Fraction | None,
    Meta(description="A judge's score of the text, 0 to 1; null where no judge could score it."),
]
PrettyOutput = Annotated[str, Meta(description="The result laid out for a CRM's text field.")]


class FilteredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that the LLM provider's content filter refused: a person must read it."""

    id: str
    categories: Annotated[
        tuple[FilterCategory, ...], Meta(description="What the filter found, as far as it says so.")
    ]


FilteredRecords = Annotated[
    tuple[FilteredRecord, ...],
    Meta(description="Records that are not in the answer: a person must read them."),
]


def filtered_from_core(records: Iterable[insights.FilteredRecord]) -> tuple[FilteredRecord, ...]:
    """Return *records* as they go out."""
    return tuple(FilteredRecord(id=one.record_id, categories=one.categories) for one in records)
