"""Insights: what an analyst or a CRM gets back about feedback records."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Literal

import msgspec

from qfa_core.errors import FilterCategory

AnalysisMode = Literal["single_pass", "hierarchical"]
TrendPeriod = Literal["day", "week", "month"]


class TrendCell(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of *period* carry *code*."""

    code: str
    period: str
    count: int


class CodingTrends(msgspec.Struct, frozen=True, kw_only=True):
    """
    Exact counts of codes over time; periods ascending, cells by code, then period.

    *withheld_cells* counts those that were left out for being of too few records.
    """

    periods: tuple[str, ...]
    cells: tuple[TrendCell, ...]
    withheld_cells: int = 0


class FilteredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that the provider's content filter refused: a person must read it."""

    record_id: str
    categories: tuple[FilterCategory, ...] = ()


class RecordLedger(msgspec.Struct, frozen=True, kw_only=True):
    """
    What became of every record of a request: each counts once, and together they are those received.

    *duplicate* records say word for word what an analysed one says, and were counted with it. *filtered*
    ones were refused by the provider's content filter: a person must read them. *failed* ones were not
    read, or not wholly. Raises ValueError where the counts do not add up.
    """

    received: int
    analysed: int = 0
    blank: int = 0
    duplicate: int = 0
    filtered: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        if self.received != self.analysed + self.blank + self.duplicate + self.filtered + self.failed:
            raise ValueError("The records of this request do not add up.")


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """
    Records of near meaning, counted, and what a language model calls them.

    *title* and *description* are None where no model could name the theme; all else is exact arithmetic.
    *share* (0..1) is of the records that hold text; *record_ids* are those of the most typical records.
    *first_seen* and *last_seen* are None where no record of the theme has a date.
    """

    title: str | None
    description: str | None
    record_count: int
    share: float
    record_ids: tuple[str, ...]
    first_seen: dt.date | None = None
    last_seen: dt.date | None = None


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """
    An answer to an analyst's question over many records.

    *quality_score* (0..1) is None where no judge could score it. *confidence* (0..1) and *themes*, from
    the most to the least frequent, are given in hierarchical mode only.
    """

    text: str
    quality_score: float | None
    uncertainty_explanation: str
    record_count: int
    confidence: float | None = None
    coding_trends: CodingTrends | None = None
    record_ledger: RecordLedger | None = None
    filtered_records: tuple[FilteredRecord, ...] = ()
    themes: tuple[Theme, ...] | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Title and bullet summary of one record; *quality_score* (0..1) is None where unscored."""

    record_id: str
    title: str
    text: str
    quality_score: float | None


class CorpusSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One summary of many records, themes from the most to the least frequent."""

    record_ids: tuple[str, ...]
    title: str
    text: str
    quality_score: float | None
    filtered_records: tuple[FilteredRecord, ...] = ()


class SensitivityType(enum.StrEnum):
    """The kinds of sensitive content that a record may disclose."""

    GENDER_INEQUALITY = "GENDER_INEQUALITY"
    GENDER_DISCRIMINATION = "GENDER_DISCRIMINATION"
    SEXUAL_VIOLENCE = "SEXUAL_VIOLENCE"
    SEXUAL_EXPLOITATION = "SEXUAL_EXPLOITATION"
    SEXUAL_ABUSE = "SEXUAL_ABUSE"
    GENDER_BASED_VIOLENCE = "GENDER_BASED_VIOLENCE"
    CORRUPTION = "CORRUPTION"
    FRAUD = "FRAUD"
    CODE_OF_CONDUCT_VIOLATION = "CODE_OF_CONDUCT_VIOLATION"
    ENVIRONMENTAL_HEALTH_AND_SAFETY_ISSUES = "ENVIRONMENTAL_HEALTH_AND_SAFETY_ISSUES"
    THREATS_AND_PHYSICAL_VIOLENCE = "THREATS_AND_PHYSICAL_VIOLENCE"
    ALCOHOL_OR_NARCOTIC_ABUSE = "ALCOHOL_OR_NARCOTIC_ABUSE"
    CONFLICT_OF_INTEREST = "CONFLICT_OF_INTEREST"
    THEFT = "THEFT"
    EMBEZZLEMENT = "EMBEZZLEMENT"
    GIFTS_BRIBES_AND_KICKBACKS = "GIFTS_BRIBES_AND_KICKBACKS"
    PROCUREMENT_OR_TENDER_VIOLATION = "PROCUREMENT_OR_TENDER_VIOLATION"
    INSIDER_TRADING = "INSIDER_TRADING"
    FALSIFICATION_OR_DESTRUCTION_OF_INFORMATION = "FALSIFICATION_OR_DESTRUCTION_OF_INFORMATION"
    NEPOTISM_AND_FAVOURITISM = "NEPOTISM_AND_FAVOURITISM"
    ABUSE_OF_OFFICIAL_POSITION = "ABUSE_OF_OFFICIAL_POSITION"
    UNFAIR_TREATMENT_OF_EMPLOYEES = "UNFAIR_TREATMENT_OF_EMPLOYEES"
    UNFAIR_DISMISSAL = "UNFAIR_DISMISSAL"
    HARASSMENT = "HARASSMENT"
    PRIVACY_AND_CONFIDENTIALITY_ISSUES = "PRIVACY_AND_CONFIDENTIALITY_ISSUES"
    WORKPLACE_BULLYING = "WORKPLACE_BULLYING"
    SEXUAL_HARASSMENT = "SEXUAL_HARASSMENT"
    VANDALISM = "VANDALISM"
    GIFTS_AND_HOSPITALITY = "GIFTS_AND_HOSPITALITY"
    ENVIRONMENTAL_VIOLATIONS = "ENVIRONMENTAL_VIOLATIONS"
    FOOD_SAFETY = "FOOD_SAFETY"
    RETALIATION_AGAINST_WHISTLEBLOWERS = "RETALIATION_AGAINST_WHISTLEBLOWERS"
    INAPPROPRIATE_BEHAVIOUR = "INAPPROPRIATE_BEHAVIOUR"


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one record discloses something sensitive, of which kinds, and why that is thought."""

    record_id: str
    is_sensitive: bool
    explanation: str
    types: tuple[SensitivityType, ...] = ()
