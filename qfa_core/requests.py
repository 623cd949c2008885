"""What is asked of the use cases: one struct a task, free of HTTP, so that it can be stored and run later."""

from __future__ import annotations

import msgspec

from qfa_core.coding import CodingFramework
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import AnalysisMode, TrendPeriod


class AnalyzeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """
    An analyst's question over many records.

    *period* None leaves the buckets of the coding trends to the deployment.
    *anonymize* False counts only where the deployment allows raw text to leave.
    """

    records: tuple[FeedbackRecord, ...]
    prompt: str
    output_language: str | None = None
    mode: AnalysisMode = "single_pass"
    period: TrendPeriod | None = None
    anonymize: bool = True


class SummarizeCorpusRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One summary of many records; *prompt* is an extra instruction of the analyst's."""

    records: tuple[FeedbackRecord, ...]
    prompt: str | None = None
    output_language: str | None = None


class SummarizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Title and summary of one record."""

    record: FeedbackRecord
    output_language: str | None = None


class AssignCodesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """
    At most *max_codes* codes of *framework* for one record.

    *confidence_threshold* (0..1) is what each level of a code has to reach; None for no threshold.
    """

    record: FeedbackRecord
    framework: CodingFramework
    max_codes: int = 1
    confidence_threshold: float | None = None


class DetectSensitiveRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which kinds of sensitive content one record discloses."""

    record: FeedbackRecord
