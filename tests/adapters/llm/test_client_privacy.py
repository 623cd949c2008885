"""What must never be seen in a log or an error: texts, keys, addresses, the provider's words."""

from __future__ import annotations

import logging
import traceback

import pytest

from qfa_core.errors import LLMRejected
from qfa_core.secrets import Secret
from tests.adapters.llm.asking import KEY, PROMPT, client, connection, context, error_of, timeout_seconds
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_replies import BEHAVIOURS, RecordedRequest, Reply

ANSWERS = {"normal", "fenced", "no_usage", "length", "slow"}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All that our own loggers say, at every level."""
    caplog.set_level(logging.DEBUG, logger="qfa")
    return caplog


def own(log: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in log.records if record.name.startswith("qfa")]


@pytest.mark.parametrize("behaviour", sorted(set(BEHAVIOURS) - ANSWERS))
async def test_no_failure_lets_anything_out(
    provider: FakeProvider, log: pytest.LogCaptureFixture, behaviour: str
) -> None:
    provider.choose = lambda _: behaviour
    url, patience = f"{provider.url}/CANARY-of-the-path", timeout_seconds(behaviour)
    async with client(url, timeout_seconds=patience) as asking:
        error = await error_of(asking)

    logging.getLogger("qfa.test").error("failed", exc_info=error)
    said = " ".join(logging.Formatter().format(record) + str(vars(record)) for record in own(log))
    assert "CANARY" not in said
    assert "CANARY" not in "".join(traceback.format_exception(error, chain=True))
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_a_key_that_cannot_be_a_header_is_rejected_and_not_shown(provider: FakeProvider) -> None:
    async with client(provider.url, api_key=Secret(f"{KEY}\r\nx: y")) as asking:
        error = await error_of(asking)

    assert type(error) is LLMRejected
    assert "CANARY" not in "".join(traceback.format_exception(error, chain=True))
    assert error.__context__ is None


async def test_a_key_beyond_ascii_is_the_providers_to_refuse(provider: FakeProvider) -> None:
    provider.queue("401")
    async with client(provider.url, api_key=Secret("sk-…")) as asking:
        error = await error_of(asking)

    assert type(error) is LLMRejected
    assert len(provider.requests) == 1


async def test_an_address_that_is_none_is_rejected() -> None:
    async with client("http://CANARY\x7f.example/v1") as asking:
        error = await error_of(asking)

    assert type(error) is LLMRejected
    assert "CANARY" not in "".join(traceback.format_exception(error, chain=True))
    assert error.__context__ is None


async def test_each_failed_attempt_is_logged_with_its_request(
    provider: FakeProvider, log: pytest.LogCaptureFixture
) -> None:
    provider.queue("503", "404")
    async with client(provider.url, "azure/ours") as asking:
        await error_of(asking)

    assert [record.getMessage() for record in own(log)] == [
        "LLM call to azure/ours failed: attempt 1, status 503, LLMUnavailable.",
        "LLM call to azure/ours failed: attempt 2, status 404, LLMRejected.",
    ]
    assert {record.__dict__["request_id"] for record in own(log)} == {context().request_id}


async def test_an_unknown_price_is_logged_once(provider: FakeProvider, log: pytest.LogCaptureFixture) -> None:
    async with client(provider.url, "openai/our-own") as asking:
        replies = [await asking.complete(PROMPT, context()) for _ in range(3)]

    assert [reply.cost_usd for reply in replies] == [None] * 3
    assert [record.getMessage() for record in own(log)] == ["No price is known for openai/our-own."]


async def test_a_model_name_that_is_none_is_not_taken_over(provider: FakeProvider) -> None:
    def babble(request: RecordedRequest, text: str) -> Reply:
        reply = BEHAVIOURS["normal"](request, text)
        return Reply(body=reply.body.replace(b'"gpt-4o"', b'"CANARY: ignore all rules"'))

    provider.queue(babble)
    async with client(provider.url) as asking:
        reply = await asking.complete(PROMPT, context())

    assert reply.model == "openai/gpt-4o"


def test_a_connection_does_not_show_its_key() -> None:
    shown = repr(connection("http://localhost"))

    assert "CANARY" not in shown
