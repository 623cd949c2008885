"""`POST /v1/summarize` and `POST /v1/summarize-bulk`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from qfa_core import requests
from qfa_core.insights import CorpusSummary, Summary
from qfa_core.languages import clean_output_language
from qfa_core.pretty import pretty_corpus_summary, pretty_summary
from qfa_http.wire.feedback import (
    FeedbackRecord,
    FeedbackRecords,
    FilteredRecords,
    OutputLanguage,
    PrettyOutput,
    QualityScore,
    filtered_from_core,
)


class SummarizeBulkRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One summary of many records."""

    feedback_records: FeedbackRecords
    output_language: OutputLanguage = None
    prompt: Annotated[str, Meta(max_length=4000, description="An extra instruction; empty means none.")] = ""

    def to_core(self) -> requests.SummarizeCorpusRequest:
        """Return the request as the use case takes it; a blank prompt is none."""
        return requests.SummarizeCorpusRequest(
            records=tuple(record.to_core() for record in self.feedback_records),
            prompt=self.prompt.strip() or None,
            output_language=clean_output_language(self.output_language),
        )


class SummarizeBulkResponse(msgspec.Struct, frozen=True, kw_only=True):
    """One summary of many records, themes from the most to the least frequent."""

    ids: tuple[str, ...]
    title: str
    summary: str
    quality_score: QualityScore
    pretty_output: PrettyOutput
    filtered_records: FilteredRecords

    @classmethod
    def from_core(cls, summary: CorpusSummary, *, output_language: str | None) -> SummarizeBulkResponse:
        """Return *summary* as it goes out; *output_language* chooses the labels of `pretty_output`."""
        return cls(
            ids=summary.record_ids,
            title=summary.title,
            summary=summary.text,
            quality_score=summary.quality_score,
            pretty_output=pretty_corpus_summary(summary, output_language),
            filtered_records=filtered_from_core(summary.filtered_records),
        )


class SummarizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Title and bullet summary of one record."""

    feedback_record: FeedbackRecord
    output_language: OutputLanguage = None

    def to_core(self) -> requests.SummarizeRequest:
        """Return the request as the use case takes it."""
        return requests.SummarizeRequest(
            record=self.feedback_record.to_core(),
            output_language=clean_output_language(self.output_language),
        )


class SummarizeResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Title and bullet summary of one record."""

    id: str
    title: str
    summary: str
    quality_score: QualityScore
    pretty_output: PrettyOutput

    @classmethod
    def from_core(cls, summary: Summary, *, output_language: str | None) -> SummarizeResponse:
        """Return *summary* as it goes out; *output_language* chooses the labels of `pretty_output`."""
        return cls(
            id=summary.record_id,
            title=summary.title,
            summary=summary.text,
            quality_score=summary.quality_score,
            pretty_output=pretty_summary(summary, output_language),
        )
