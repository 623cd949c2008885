"""`POST /v1/detect-sensitive`."""

from __future__ import annotations

import msgspec

from qfa_core import requests
from qfa_core.insights import Sensitivity, SensitivityType
from qfa_http.wire.feedback import FeedbackRecord


class DetectSensitiveRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which kinds of sensitive content one record discloses."""

    feedback_record: FeedbackRecord

    def to_core(self) -> requests.DetectSensitiveRequest:
        """Return the request as the use case takes it."""
        return requests.DetectSensitiveRequest(record=self.feedback_record.to_core())


class DetectSensitiveResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one record discloses something sensitive, of which kinds, and why that is thought."""

    id: str
    is_sensitive: bool
    explanation: str
    sensitivity_types: tuple[SensitivityType, ...]

    @classmethod
    def from_core(cls, sensitivity: Sensitivity) -> DetectSensitiveResponse:
        """Return *sensitivity* as it goes out."""
        return cls(
            id=sensitivity.record_id,
            is_sensitive=sensitivity.is_sensitive,
            explanation=sensitivity.explanation,
            sensitivity_types=sensitivity.types,
        )
