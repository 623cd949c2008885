"""From core errors to the error envelope: the one table, and the handlers that read it."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from qfa_core import errors as core
from qfa_http.wire.errors import STATUS_OF_CODE, ErrorCode, ErrorResponse

AnyRequest: TypeAlias = Request[Any, Any, Any]

DEFAULT_RETRY_AFTER_SECONDS = 10.0

# The first class that an error is an instance of counts: the special stand before the general.
CODES: tuple[tuple[type[core.QFAError], ErrorCode], ...] = (
    (core.PromptInjection, "prompt_injection_detected"),
    (core.InvalidInput, "validation_error"),
    (core.FeedbackTooLarge, "payload_too_large"),
    (core.AuthenticationRequired, "authentication_required"),
    (core.Forbidden, "forbidden"),
    (core.NotFound, "not_found"),
    (core.Conflict, "conflict"),
    (core.StoreUnavailable, "usage_backend_unavailable"),
    (core.AnalysisUnavailable, "analysis_unavailable"),
    (core.DeadlineExceeded, "analysis_timeout"),
    (core.LLMTimeout, "llm_timeout"),
    (core.LLMRateLimited, "llm_rate_limited"),
    (core.ContentFiltered, "content_policy_violation"),
    (core.LLMError, "llm_error"),
)
FRAMEWORK_CODES: dict[int, tuple[ErrorCode, str]] = {
    400: ("validation_error", core.InvalidInput.message),
    404: ("not_found", "There is no such route."),
    405: ("method_not_allowed", "This route does not take that method."),
    413: ("payload_too_large", "The request body is larger than this service takes."),
}
INTERNAL_ERROR: tuple[ErrorCode, str] = ("internal_error", "Something went wrong on the service's side.")

_log = logging.getLogger("qfa.http")


def exception_handlers() -> ExceptionHandlersMap:
    """Return the handlers of everything that may be raised while a request is served."""
    return {core.QFAError: on_core_error, HTTPException: on_framework_error, Exception: on_unexpected_error}


def code_of(error: core.QFAError) -> ErrorCode:
    """Return the code that the table names for *error*."""
    return next(code for kind, code in CODES if isinstance(error, kind))


def on_core_error(request: AnyRequest, error: core.QFAError) -> Response[ErrorResponse]:
    """Answer with the error's own message, which is a constant of this project."""
    faults = error.faults if isinstance(error, core.InvalidInput) else ()
    return _envelope(request, code_of(error), str(error), faults=faults, headers=_headers_of(error))


def on_framework_error(request: AnyRequest, error: HTTPException) -> Response[ErrorResponse]:
    """Answer for a route, method or body that the framework refused, in our words."""
    code, message = FRAMEWORK_CODES.get(error.status_code, INTERNAL_ERROR)
    allowed = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return _envelope(request, code, message, headers=allowed)


def on_unexpected_error(request: AnyRequest, error: Exception) -> Response[ErrorResponse]:
    """Answer 500; the log is told the type and the place, never the message."""
    _log.error("unexpected error", exc_info=error, extra={"request_id": request.state.request_id})
    return _envelope(request, *INTERNAL_ERROR, headers={})


def _headers_of(error: core.QFAError) -> dict[str, str]:
    if isinstance(error, core.AuthenticationRequired):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, core.LLMRateLimited):
        seconds = error.retry_after_seconds or DEFAULT_RETRY_AFTER_SECONDS
        return {"Retry-After": str(max(1, math.ceil(seconds)))}
    return {}


def _envelope(
    request: AnyRequest,
    code: ErrorCode,
    message: str,
    *,
    faults: Iterable[core.Fault] = (),
    headers: dict[str, str],
) -> Response[ErrorResponse]:
    request.state.error_code = code  # for the log
    return Response(
        ErrorResponse.of(code, message, request_id=request.state.request_id, faults=faults),
        status_code=STATUS_OF_CODE[code],
        media_type="application/json",
        headers=headers,
    )
