"""What can go wrong with a call, in the core's words: one table for httpx's errors, one for statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import msgspec

from qfa_adapters.llm.filters import filter_categories
from qfa_adapters.llm.wire import decoded
from qfa_core.errors import (
    ContentFiltered,
    LLMAnswerUnusable,
    LLMError,
    LLMRateLimited,
    LLMRejected,
    LLMTimeout,
    LLMUnavailable,
)

# Looked up along the class's own line of descent, so that the nearest entry counts.
_BY_EXCEPTION: Mapping[type[Exception], type[LLMError]] = {
    httpx.TimeoutException: LLMTimeout,
    httpx.NetworkError: LLMUnavailable,
    httpx.ProxyError: LLMUnavailable,
    httpx.RemoteProtocolError: LLMUnavailable,
    httpx.LocalProtocolError: LLMRejected,  # a header that cannot be sent: a line break in the key
    httpx.UnsupportedProtocol: LLMRejected,
    httpx.InvalidURL: LLMRejected,
    httpx.TooManyRedirects: LLMRejected,
    httpx.HTTPStatusError: LLMRejected,
    httpx.DecodingError: LLMAnswerUnusable,
    httpx.CookieConflict: LLMAnswerUnusable,
    httpx.StreamError: LLMUnavailable,
}

HTTPX_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)

_PASSING_STATUSES = frozenset({408, 409})

# `content_filter`: Azure OpenAI and Azure AI. `content_policy_violation`: OpenAI and LiteLLM.
# `ResponsibleAIPolicyViolation`: Azure's inner code, the only one that a LiteLLM proxy hands through.
_CONTENT_CODES = frozenset({"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"})


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """How one attempt failed; *status* and *retry_after_seconds* are None where the provider gave none."""

    error: LLMError
    status: int | None = None
    retry_after_seconds: float | None = None

    @property
    def is_passing(self) -> bool:
        """Whether the same call may succeed later."""
        return isinstance(self.error, (LLMUnavailable, LLMTimeout, LLMRateLimited))

    @property
    def is_limit(self) -> bool:
        """Whether the provider answered that it wants fewer calls."""
        return self.status == 429


def failure_of(exception: Exception) -> Failure:
    """
    Return what an httpx exception means.

    The exception itself is dropped: its text may hold addresses, header values and the provider's words.
    """
    for kind in type(exception).__mro__:
        if kind in _BY_EXCEPTION:
            return Failure(error=_BY_EXCEPTION[kind]())
    return Failure(error=LLMError())


def failure_of_status(status: int, body: bytes, retry_after_seconds: float | None) -> Failure:
    """Return what a reply other than success means."""
    return Failure(
        error=_error_of_status(status, body, retry_after_seconds),
        status=status,
        retry_after_seconds=retry_after_seconds,
    )


def _error_of_status(status: int, body: bytes, retry_after_seconds: float | None) -> LLMError:
    if status == 429:
        return LLMRateLimited(retry_after_seconds=retry_after_seconds)
    if status in _PASSING_STATUSES or status >= 500:
        return LLMUnavailable()
    reply = decoded(body, dict[str, Any])
    if not _CONTENT_CODES.isdisjoint(_codes(reply)):
        return ContentFiltered(categories=filter_categories(reply))
    return LLMRejected()


def _codes(error: object, depth: int = 4) -> Iterator[str]:
    """Walk an error of any provider for its codes, which stand at different depths, none below *depth*."""
    if not isinstance(error, dict) or depth == 0:
        return
    for name, value in error.items():
        if name == "code" and isinstance(value, str):
            yield value
        yield from _codes(value, depth - 1)
