"""Insights: what an analyst or a CRM gets back about feedback records."""

from __future__ import annotations

import enum
from typing import Literal

import msgspec

AnalysisMode = Literal["single_pass", "hierarchical"]
TrendPeriod = Literal["day", "week", "month"]


class TrendCell(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of *period* carry *code*."""

    code: str
    period: str
    count: int


class CodingTrends(msgspec.Struct, frozen=True, kw_only=True):
    """Exact counts of codes over time; periods ascending, cells by code, then period."""

    periods: tuple[str, ...]
    cells: tuple[TrendCell, ...]


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """
    An answer to an analyst's question over many records.

    *quality_score* (0..1) is None where no judge could score it;
    *confidence* (0..1) is given in hierarchical mode only.
    """

    text: str
    quality_score: float | None
    uncertainty_explanation: str
    record_count: int
    confidence: float | None = None
    coding_trends: CodingTrends | None = None


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
