"""Every error of the core has its status and code, and nothing foreign reaches a caller."""

from __future__ import annotations

import logging

import httpx
import pytest

from qfa_core import errors as core
from qfa_core.fakes.scripted_llm_client import ScriptedLLMClient
from qfa_http.errors import code_of
from tests.http.conftest import SCRIPT
from tests.http.requests import ON_SAVING

CANARY = "canary-4711"


def _all_errors(kind: type[core.QFAError] = core.QFAError) -> list[type[core.QFAError]]:
    return [kind, *(error for child in kind.__subclasses__() for error in _all_errors(child))]


@pytest.mark.parametrize("kind", [kind for kind in _all_errors() if kind is not core.QFAError])
def test_every_error_has_a_code(kind: type[core.QFAError]) -> None:
    assert code_of(kind())


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (core.LLMUnavailable(), 502, "llm_error"),
        (core.LLMRejected(), 502, "llm_error"),
        (core.LLMAnswerUnusable(), 502, "llm_error"),
        (core.LLMTimeout(), 504, "llm_timeout"),
        (core.LLMRateLimited(retry_after_seconds=2.5), 429, "llm_rate_limited"),
        (core.ContentFiltered(), 422, "content_policy_violation"),
        (core.AnonymizerUnavailable(), 502, "analysis_unavailable"),
        (core.DeadlineExceeded(), 504, "analysis_timeout"),
        (core.FeedbackTooLarge(), 413, "payload_too_large"),
    ],
)
async def test_an_error_of_the_core_becomes_its_envelope(
    caller: httpx.AsyncClient, llm: ScriptedLLMClient, error: core.QFAError, status: int, code: str
) -> None:
    llm._script = {**SCRIPT, "summarize": error}

    response = await caller.post("/v1/summarize", json=ON_SAVING)

    assert response.status_code == status
    assert response.json()["error"] == {
        "code": code,
        "message": str(error),
        "request_id": response.headers["X-Request-ID"],
    }


@pytest.mark.parametrize(("seconds", "header"), [(2.5, "3"), (0.01, "1"), (None, "10")])
async def test_a_rate_limit_says_how_long_to_wait(
    caller: httpx.AsyncClient, llm: ScriptedLLMClient, seconds: float | None, header: str
) -> None:
    llm._script = {**SCRIPT, "detect_sensitive": core.LLMRateLimited(retry_after_seconds=seconds)}

    response = await caller.post("/v1/detect-sensitive", json=ON_SAVING)

    assert response.headers["Retry-After"] == header


async def test_an_unexpected_error_gives_nothing_away(
    caller: httpx.AsyncClient, llm: ScriptedLLMClient, caplog: pytest.LogCaptureFixture
) -> None:
    llm._script = {**SCRIPT, "detect_sensitive": RuntimeError(CANARY)}

    with caplog.at_level(logging.DEBUG):
        response = await caller.post("/v1/detect-sensitive", json=ON_SAVING)

    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal_error"
    assert CANARY not in response.text
    assert response.headers["X-Request-ID"] in {getattr(r, "request_id", None) for r in caplog.records}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1/summarize", 405, "method_not_allowed"),
        ("POST", "/v1/health", 405, "method_not_allowed"),
        ("DELETE", "/v1/admin/tenants", 405, "method_not_allowed"),
    ],
)
async def test_unknown_routes_and_wrong_methods_answer_in_json(
    anonymous: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    response = await anonymous.request(method, path)

    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert response.json()["error"]["request_id"] == response.headers["X-Request-ID"]
