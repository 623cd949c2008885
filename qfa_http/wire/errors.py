"""The one envelope of every error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from qfa_core.errors import Fault

ErrorCode = Literal[
    "authentication_required",
    "forbidden",
    "not_found",
    "method_not_allowed",
    "conflict",
    "payload_too_large",
    "validation_error",
    "prompt_injection_detected",
    "content_policy_violation",
    "llm_rate_limited",
    "internal_error",
    "llm_error",
    "analysis_unavailable",
    "usage_backend_unavailable",
    "analysis_timeout",
    "llm_timeout",
]

STATUS_OF_CODE: Mapping[ErrorCode, int] = MappingProxyType(
    {
        "authentication_required": 401,
        "forbidden": 403,
        "not_found": 404,
        "method_not_allowed": 405,
        "conflict": 409,
        "payload_too_large": 413,
        "validation_error": 422,
        "prompt_injection_detected": 422,
        "content_policy_violation": 422,
        "llm_rate_limited": 429,
        "internal_error": 500,
        "llm_error": 502,
        "analysis_unavailable": 502,
        "usage_backend_unavailable": 503,
        "analysis_timeout": 504,
        "llm_timeout": 504,
    }
)


class FieldFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a request."""

    field: Annotated[
        str, Meta(description="Where, as a path.", examples=["feedback_records[0].metadata.region"])
    ]
    issue: Annotated[str, Meta(examples=["is not a known field"])]


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong; the message is the service's own."""

    code: ErrorCode
    message: str
    request_id: Annotated[str, Meta(description="The same as in the header `X-Request-ID`.")]
    fields: Annotated[
        tuple[FieldFault, ...] | UnsetType, Meta(description="Every fault of the request; with 422 only.")
    ] = UNSET


class ErrorResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer that is not a success."""

    error: ErrorDetail

    @classmethod
    def of(
        cls, code: ErrorCode, message: str, *, request_id: str, faults: Iterable[Fault] = ()
    ) -> ErrorResponse:
        """Return the envelope; without faults it has no `fields` at all."""
        fields = tuple(FieldFault(field=fault.field, issue=fault.issue) for fault in faults)
        return cls(
            error=ErrorDetail(code=code, message=message, request_id=request_id, fields=fields or UNSET)
        )
