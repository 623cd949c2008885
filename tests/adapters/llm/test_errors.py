"""What failures mean."""

from __future__ import annotations

import inspect
import json
from typing import Any

import httpx
import pytest

from qfa_adapters.llm.errors import HTTPX_ERRORS, failure_of, failure_of_status
from qfa_core.errors import ContentFiltered, LLMError, LLMRejected, LLMUnavailable

HTTPX_EXCEPTIONS = [
    kind
    for _, kind in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(kind, Exception)
    and kind not in (httpx.HTTPError, httpx.RequestError, httpx.TransportError, httpx.ProtocolError)
]


@pytest.mark.parametrize("kind", HTTPX_EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_every_exception_of_httpx_is_caught_and_has_a_meaning(kind: type[Exception]) -> None:
    exception = kind.__new__(kind)  # their constructors differ, and the meaning hangs on the class alone

    assert issubclass(kind, HTTPX_ERRORS)
    assert type(failure_of(exception).error) is not LLMError


def test_an_exception_that_httpx_may_add_is_still_the_models_failure() -> None:
    class Novel(httpx.TransportError):
        pass

    assert type(failure_of(Novel("x")).error) is LLMError


@pytest.mark.parametrize(
    "error",
    [
        {"code": "content_filter"},
        {"code": "content_filter", "status": 400},
        {"code": "content_policy_violation"},
        {"code": "400", "innererror": {"code": "ResponsibleAIPolicyViolation"}},
        {"code": "400", "provider_specific_fields": {"innererror": {"code": "ResponsibleAIPolicyViolation"}}},
    ],
)
def test_the_content_filter_is_known_by_its_codes(error: dict[str, Any]) -> None:
    body = json.dumps({"error": error}).encode()

    assert type(failure_of_status(400, body, None).error) is ContentFiltered


def test_a_gateway_may_pass_the_filter_on_under_a_status_of_its_own() -> None:
    body = b'{"error": {"code": "content_filter"}}'

    assert type(failure_of_status(403, body, None).error) is ContentFiltered


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"error": "content_filter"}', b'{"error": {"message": "content_filter"}}'],
)
def test_any_other_bad_request_is_rejected(body: bytes) -> None:
    assert type(failure_of_status(400, body, None).error) is LLMRejected


@pytest.mark.parametrize("status", [301, 307, 402, 405, 413, 418, 451])
def test_other_statuses_are_rejected(status: int) -> None:
    failure = failure_of_status(status, b"", None)

    assert type(failure.error) is LLMRejected
    assert not failure.is_passing


def test_a_server_error_passes_even_if_it_speaks_of_the_filter() -> None:
    failure = failure_of_status(500, b'{"error": {"code": "content_filter"}}', None)

    assert type(failure.error) is LLMUnavailable
    assert failure.is_passing
