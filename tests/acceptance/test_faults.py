"""What becomes of every way in which a provider can go wrong, seen from outside the real process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
import pytest

from tests.acceptance.service import KEY, LLM_KEY, SUPERUSER_KEY, Service, model_at, running
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_replies import CANARY, RecordedRequest

TEXT_CANARY = "canary-of-a-community-member"
QUICKLY_SECONDS = 15.0

FAULTS: Mapping[str, tuple[int, str]] = {
    "400": (502, "llm_error"),
    "401": (502, "llm_error"),
    "403": (502, "llm_error"),
    "404": (502, "llm_error"),
    "422": (502, "llm_error"),
    "429": (429, "llm_rate_limited"),
    "429_retry_after": (429, "llm_rate_limited"),
    "429_retry_after_ms": (429, "llm_rate_limited"),
    "429_retry_after_long": (429, "llm_rate_limited"),
    "500": (502, "llm_error"),
    "503": (502, "llm_error"),
    "529": (502, "llm_error"),
    "drop": (502, "llm_error"),
    "drop_midway": (502, "llm_error"),
    "hang": (504, "llm_timeout"),
    "trickle": (504, "llm_timeout"),
    "html": (502, "llm_error"),
    "broken_json": (502, "llm_error"),
    "cut_json": (502, "llm_error"),
    "wrong_types": (502, "llm_error"),
    "null_content": (502, "llm_error"),
    "no_choices": (502, "llm_error"),
    "length": (502, "llm_error"),
    "oversized": (502, "llm_error"),
    "refusal": (422, "content_policy_violation"),
    "filtered_answer": (422, "content_policy_violation"),
    "filtered_prompt": (422, "content_policy_violation"),
    "filtered_prompt_tersely": (422, "content_policy_violation"),
}
LIVED_WITH = ("fenced", "no_usage", "normal")


class Outcome(msgspec.Struct):
    """An answer and how long it took."""

    response: httpx.Response
    seconds: float


def _as_the_record_says(request: RecordedRequest) -> str:
    """Let a request behave as its feedback record asks for, so that all can run side by side."""
    text = str(request.body["messages"][-1]["content"])
    return text.partition("behaviour:")[2].partition(" ")[0]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with FakeProvider(_as_the_record_says) as provider:
        settings = {"LLM_TIMEOUT_SECONDS": "1", **model_at(provider.url)}
        with running(tmp_path_factory.mktemp("service"), **settings) as service:
            yield service


@pytest.fixture(scope="module")
def outcomes(service: Service) -> Mapping[str, Outcome]:
    """Return what became of every behaviour, asked for all at once."""
    behaviours = [*FAULTS, *LIVED_WITH]
    with service.client() as client, ThreadPoolExecutor(len(behaviours)) as pool:
        outcomes = pool.map(lambda behaviour: _summarise(client, behaviour), behaviours)
        return dict(zip(behaviours, outcomes, strict=True))


def _summarise(client: httpx.Client, behaviour: str) -> Outcome:
    content = f"behaviour:{behaviour} {TEXT_CANARY}"
    started = time.monotonic()
    response = client.post("/v1/summarize", json={"feedback_record": {"id": "1", "content": content}})
    return Outcome(response, time.monotonic() - started)


@pytest.mark.parametrize("behaviour", FAULTS)
def test_a_fault_ends_as_the_contract_says_and_quickly(
    outcomes: Mapping[str, Outcome], behaviour: str
) -> None:
    outcome = outcomes[behaviour]

    error = outcome.response.json()["error"]
    assert (outcome.response.status_code, error["code"]) == FAULTS[behaviour]
    assert error["request_id"] == outcome.response.headers["X-Request-ID"]
    assert ("Retry-After" in outcome.response.headers) == behaviour.startswith("429")
    assert outcome.seconds < QUICKLY_SECONDS


@pytest.mark.parametrize("behaviour", LIVED_WITH)
def test_an_answer_in_fences_or_without_usage_is_lived_with(
    outcomes: Mapping[str, Outcome], behaviour: str
) -> None:
    assert outcomes[behaviour].response.status_code == 200


def test_a_long_wait_is_passed_on_to_the_caller(outcomes: Mapping[str, Outcome]) -> None:
    outcome = outcomes["429_retry_after_long"]

    assert outcome.response.headers["Retry-After"] == "60"
    assert outcome.seconds < 2


def test_no_canary_is_in_any_answer(outcomes: Mapping[str, Outcome]) -> None:
    faulty = [outcomes[behaviour].response for behaviour in FAULTS]

    for response in faulty:
        for canary in (CANARY, TEXT_CANARY, LLM_KEY, KEY):
            assert canary not in response.text
            assert canary not in str(response.headers)


def test_no_canary_is_in_the_log_or_in_the_store(service: Service, outcomes: Mapping[str, Outcome]) -> None:
    with service.client(SUPERUSER_KEY) as root:
        total = root.get("/v1/usage/all/by-operation").json()["total"]
    data = service.log_file.parent / "data"
    stored = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())

    assert total["total_calls"] == len(outcomes)
    for canary in (CANARY, TEXT_CANARY, LLM_KEY, KEY, SUPERUSER_KEY):
        assert canary not in service.log()
        assert canary.encode() not in stored
    for outcome in outcomes.values():
        assert outcome.response.headers["X-Request-ID"] in service.log()


def test_a_connection_that_is_refused_is_an_llm_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("service")
    with running(folder, **model_at("http://127.0.0.1:9")) as service, service.client() as client:
        outcome = _summarise(client, "none")

    assert outcome.response.status_code == 502
    assert outcome.response.json()["error"]["code"] == "llm_error"
    assert outcome.seconds < QUICKLY_SECONDS
