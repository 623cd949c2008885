"""`POST /v1/analyze-bulk`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta

from qfa_core import insights, requests
from qfa_core.insights import Analysis, AnalysisMode, TrendPeriod
from qfa_core.languages import clean_output_language
from qfa_core.pretty import pretty_analysis
from qfa_http.wire.feedback import (
    FeedbackRecords,
    FilteredRecords,
    Fraction,
    OutputLanguage,
    PrettyOutput,
    QualityScore,
    filtered_from_core,
)


class AnalyzeBulkRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An analyst's question over many records."""

    feedback_records: FeedbackRecords
    prompt: Annotated[str, Meta(min_length=1, max_length=4000, description="The analyst's question.")]
    output_language: OutputLanguage = None
    mode: Annotated[
        AnalysisMode, Meta(description="`hierarchical` for more records than fit into one LLM call.")
    ] = "single_pass"
    period: Annotated[
        TrendPeriod | None,
        Meta(description="Buckets of the coding trends; null leaves them to the deployment."),
    ] = None
    anonymize: Annotated[
        bool,
        Meta(description="For old callers; false has an effect only where the deployment allows raw text."),
    ] = True

    def to_core(self) -> requests.AnalyzeRequest:
        """Return the request as the use case takes it."""
        return requests.AnalyzeRequest(
            records=tuple(record.to_core() for record in self.feedback_records),
            prompt=self.prompt,
            output_language=clean_output_language(self.output_language),
            mode=self.mode,
            period=self.period,
            anonymize=self.anonymize,
        )


class TrendCell(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of a period carry a code."""

    code: str
    period: str
    count: Annotated[int, Meta(ge=0)]


class CodingTrends(msgspec.Struct, frozen=True, kw_only=True):
    """Exact counts over the metadata, never the LLM's."""

    periods: Annotated[
        tuple[str, ...], Meta(description="`YYYY-MM-DD`, ISO week `YYYY-Www` or `YYYY-MM`, ascending.")
    ]
    cells: tuple[TrendCell, ...]
    withheld_cells: Annotated[
        int | msgspec.UnsetType,
        Meta(description="Cells of so few records that this deployment does not tell them; absent for none."),
    ] = msgspec.UNSET

    @classmethod
    def from_core(cls, trends: insights.CodingTrends) -> CodingTrends:
        """Return *trends* as they go out."""
        return cls(
            periods=trends.periods,
            cells=msgspec.convert(trends.cells, tuple[TrendCell, ...], from_attributes=True),
            withheld_cells=trends.withheld_cells or msgspec.UNSET,
        )


class RecordLedger(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every record sent; `received` is the sum of all others."""

    received: Annotated[int, Meta(ge=0)]
    analysed: Annotated[int, Meta(ge=0)]
    blank: Annotated[int, Meta(ge=0, description="Held no text.")]
    duplicate: Annotated[
        int, Meta(ge=0, description="Say word for word what an analysed one says, and were counted with it.")
    ]
    filtered: Annotated[
        int, Meta(ge=0, description="Refused by the provider's content filter: a person must read them.")
    ]
    failed: Annotated[int, Meta(ge=0, description="Not analysed, or not wholly; send them again.")]


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Records of near meaning; counts, days and ids are exact, only the words are a model's."""

    title: Annotated[str | None, Meta(description="null where no model could name the theme.")]
    description: str | None
    record_count: Annotated[int, Meta(ge=0)]
    share: Annotated[Fraction, Meta(description="Of the records that hold text.")]
    record_ids: Annotated[tuple[str, ...], Meta(description="A sample: those of the most typical records.")]
    first_seen: Annotated[dt.date | None, Meta(description="The first day; null where no record has one.")]
    last_seen: dt.date | None


class AnalyzeBulkResponse(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to the analyst's question."""

    analysis: Annotated[str, Meta(description="Begins with the disclaimer; `<PERSON_1>` is a redacted name.")]
    quality_score: QualityScore
    uncertainty_explanation: str
    feedback_record_count: Annotated[
        int, Meta(description="Records actually analysed; blank ones are left out.")
    ]
    request_id: str
    confidence: Annotated[Fraction | None, Meta(description="In hierarchical mode only.")]
    coding_trends: Annotated[
        CodingTrends | None, Meta(description="null where no record has a date that can be read.")
    ]
    pretty_output: PrettyOutput
    record_ledger: RecordLedger | None
    filtered_records: FilteredRecords
    themes: Annotated[
        tuple[Theme, ...] | None,
        Meta(description="In hierarchical mode: at most 20, from the most to the least frequent."),
    ]

    @classmethod
    def from_core(
        cls, analysis: Analysis, *, request_id: str, output_language: str | None
    ) -> AnalyzeBulkResponse:
        """Return *analysis* as it goes out; *output_language* chooses the labels of `pretty_output`."""
        return cls(
            analysis=analysis.text,
            quality_score=analysis.quality_score,
            uncertainty_explanation=analysis.uncertainty_explanation,
            feedback_record_count=analysis.record_count,
            request_id=request_id,
            confidence=analysis.confidence,
            coding_trends=CodingTrends.from_core(analysis.coding_trends) if analysis.coding_trends else None,
            pretty_output=pretty_analysis(analysis, output_language),
            record_ledger=msgspec.convert(analysis.record_ledger, RecordLedger | None, from_attributes=True),
            filtered_records=filtered_from_core(analysis.filtered_records),
            themes=msgspec.convert(analysis.themes, tuple[Theme, ...] | None, from_attributes=True),
        )
