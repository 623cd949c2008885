"""Every way in which a provider answers, through the real client over a real connection."""

from __future__ import annotations

import json

import pytest

from qfa_core.errors import (
    ContentFiltered,
    LLMAnswerUnusable,
    LLMRateLimited,
    LLMRejected,
    LLMTimeout,
    LLMUnavailable,
)
from qfa_core.llm import Prompt
from qfa_core.secrets import Secret
from tests.adapters.llm.asking import (
    KEY,
    PROMPT,
    PROSE,
    SCHEMA,
    TEXT,
    client,
    context,
    error_of,
    timeout_seconds,
)
from tests.fakes.provider import FakeProvider

MODELS = ("azure/ours", "azure_ai/phi-4", "openai/gpt-4o", "litellm_proxy/a/b", "mistral/m", "ollama/q:8b")
ALL_MODELS = (*MODELS, "anthropic/claude-sonnet-5")
FORMATS = ("azure/ours", "anthropic/claude-sonnet-5")


@pytest.mark.parametrize("model", ALL_MODELS)
async def test_every_provider_answers_by_the_schema(provider: FakeProvider, model: str) -> None:
    async with client(provider.url, model) as asking:
        reply = await asking.complete(PROMPT, context())

    assert json.loads(reply.text) == {"title": "some title", "score": 0.8}
    assert reply.finish == "stop"
    assert (reply.input_tokens, reply.output_tokens) == (1000, 100)
    assert provider.requests[0].schema == SCHEMA


@pytest.mark.parametrize("model", ALL_MODELS)
async def test_every_provider_answers_in_prose_without_a_schema(provider: FakeProvider, model: str) -> None:
    async with client(provider.url, model) as asking:
        reply = await asking.complete(PROSE, context())

    assert reply.text == "Water is the main concern."
    assert provider.requests[0].schema is None


@pytest.mark.parametrize("model", MODELS)
async def test_the_openai_format_carries_both_messages_and_no_limits(
    provider: FakeProvider, model: str
) -> None:
    async with client(provider.url, model) as asking:
        await asking.complete(PROMPT, context())

    body = provider.requests[0].body
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["messages"][1]["content"] == TEXT
    assert body["response_format"]["json_schema"]["name"] == "summarize"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert not {"temperature", "max_tokens", "max_completion_tokens"} & set(body)


async def test_azure_is_called_by_deployment_with_its_own_key_header(provider: FakeProvider) -> None:
    async with client(provider.url + "/", "azure/our deployment", api_version="2025-01-01") as asking:
        await asking.complete(PROMPT, context())

    request = provider.requests[0]
    assert request.path == "/openai/deployments/our%20deployment/chat/completions"
    assert request.query == "api-version=2025-01-01"
    assert request.headers["api-key"] == KEY
    assert "authorization" not in request.headers


async def test_a_token_takes_the_place_of_the_key(provider: FakeProvider) -> None:
    async def token() -> Secret:
        return Secret("entra-token")

    async with client(provider.url, "azure/ours", auth_mode="entra", bearer_token=token) as asking:
        await asking.complete(PROMPT, context())

    assert provider.requests[0].headers["authorization"] == "Bearer entra-token"
    assert "api-key" not in provider.requests[0].headers


async def test_a_token_that_cannot_be_had_is_the_models_failure(provider: FakeProvider) -> None:
    async def token() -> Secret:
        raise LLMUnavailable

    async with client(provider.url, "azure/ours", auth_mode="entra", bearer_token=token) as asking:
        error = await error_of(asking)

    assert type(error) is LLMUnavailable
    assert provider.requests == []


async def test_azure_ai_takes_the_key_in_either_header(provider: FakeProvider) -> None:
    async with client(f"{provider.url}/models", "azure_ai/phi-4") as asking:
        await asking.complete(PROMPT, context())

    request = provider.requests[0]
    assert (request.path, request.query) == ("/models/chat/completions", "api-version=2024-08-01-preview")
    assert (request.headers["api-key"], request.headers["authorization"]) == (KEY, f"Bearer {KEY}")


async def test_anthropic_gets_its_headers_a_limit_and_the_tenant(provider: FakeProvider) -> None:
    async with client(provider.url, "anthropic/claude-sonnet-5") as asking:
        await asking.complete(PROMPT, context())

    request = provider.requests[0]
    assert request.path == "/v1/messages"
    assert (request.headers["x-api-key"], request.headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert request.body["max_tokens"] > 0
    assert request.body["metadata"] == {"user_id": "tenant-7"}


@pytest.mark.parametrize("model", ["azure/ours", "openai/gpt-4o", "litellm_proxy/a/b", "ollama/q:8b"])
async def test_the_tenant_is_the_user(provider: FakeProvider, model: str) -> None:
    async with client(provider.url, model) as asking:
        await asking.complete(PROMPT, context())

    assert provider.requests[0].body["user"] == "tenant-7"


@pytest.mark.parametrize("model", ["azure_ai/phi-4", "mistral/m"])
async def test_providers_that_refuse_unknown_fields_get_none(provider: FakeProvider, model: str) -> None:
    async with client(provider.url, model) as asking:
        await asking.complete(PROMPT, context())

    assert set(provider.requests[0].body) == {"model", "messages", "response_format"}


async def test_a_server_without_key_is_sent_none(provider: FakeProvider) -> None:
    async with client(provider.url, "openai/our/vllm-model", api_key=None) as asking:
        await asking.complete(PROMPT, context())

    assert "authorization" not in provider.requests[0].headers
    assert provider.requests[0].body["model"] == "our/vllm-model"


@pytest.mark.parametrize("model", FORMATS)
async def test_an_answer_without_usage_has_unknown_tokens_and_cost(
    provider: FakeProvider, model: str
) -> None:
    provider.queue("no_usage")
    async with client(provider.url, model) as asking:
        reply = await asking.complete(PROMPT, context())

    assert (reply.input_tokens, reply.output_tokens, reply.cost_usd) == (None, None, None)


@pytest.mark.parametrize("model", FORMATS)
async def test_an_answer_cut_at_the_token_limit_says_so(provider: FakeProvider, model: str) -> None:
    provider.queue("length")
    async with client(provider.url, model) as asking:
        reply = await asking.complete(PROMPT, context())

    assert reply.finish == "length"


async def test_an_answer_in_fences_is_handed_on_as_it_is(provider: FakeProvider) -> None:
    provider.queue("fenced")
    async with client(provider.url) as asking:
        reply = await asking.complete(PROMPT, context())

    assert "```json" in reply.text


async def test_the_model_that_the_provider_ran_sets_the_price_but_is_not_kept(provider: FakeProvider) -> None:
    async with client(provider.url, "azure/ours") as asking:
        reply = await asking.complete(PROMPT, context())

    assert reply.model == "azure/ours"
    assert reply.cost_usd == pytest.approx((1000 * 2.5 + 100 * 10) / 1_000_000)


async def test_a_lone_surrogate_does_not_break_the_call(provider: FakeProvider) -> None:
    async with client(provider.url) as asking:
        await asking.complete(Prompt(task="t", system="s", user="broken \ud800 text"), context())

    assert provider.requests[0].body["messages"][1]["content"] == "broken ? text"


@pytest.mark.parametrize("model", FORMATS)
@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("400", LLMRejected),
        ("401", LLMRejected),
        ("403", LLMRejected),
        ("404", LLMRejected),
        ("422", LLMRejected),
        ("filtered_prompt", ContentFiltered),
        ("filtered_prompt_tersely", ContentFiltered),
        ("filtered_answer", ContentFiltered),
        ("refusal", ContentFiltered),
        ("html", LLMAnswerUnusable),
        ("broken_json", LLMAnswerUnusable),
        ("cut_json", LLMAnswerUnusable),
        ("wrong_types", LLMAnswerUnusable),
        ("null_content", LLMAnswerUnusable),
        ("no_choices", LLMAnswerUnusable),
        ("oversized", LLMAnswerUnusable),
    ],
)
async def test_a_final_failure_is_told_at_once(
    provider: FakeProvider, model: str, behaviour: str, error: type[Exception]
) -> None:
    provider.queue(behaviour)
    async with client(provider.url, model) as asking:
        raised = await error_of(asking)

    assert type(raised) is error
    assert len(provider.requests) == 1


@pytest.mark.parametrize("model", FORMATS)
@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ("408", LLMUnavailable),
        ("409", LLMUnavailable),
        ("429", LLMRateLimited),
        ("500", LLMUnavailable),
        ("503", LLMUnavailable),
        ("529", LLMUnavailable),
        ("drop", LLMUnavailable),
        ("drop_midway", LLMUnavailable),
        ("hang", LLMTimeout),
        ("trickle", LLMTimeout),
    ],
)
async def test_a_passing_failure_is_tried_four_times(
    provider: FakeProvider, model: str, behaviour: str, error: type[Exception]
) -> None:
    provider.queue(*[behaviour] * 5)
    async with client(provider.url, model, timeout_seconds=timeout_seconds(behaviour)) as asking:
        raised = await error_of(asking)

    assert type(raised) is error
    assert len(provider.requests) == 4


async def test_a_refused_connection_is_unavailable() -> None:
    with FakeProvider() as gone:
        url = gone.url
    async with client(url) as asking:
        raised = await error_of(asking)

    assert type(raised) is LLMUnavailable


async def test_a_model_on_this_machine_is_not_asked_through_a_proxy(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with client(provider.url) as asking:
        await asking.complete(PROMPT, context())

    assert len(provider.requests) == 1


async def test_the_offices_proxy_is_used_for_all_others(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", provider.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with client("http://models.example/v1") as asking:
        await asking.complete(PROMPT, context())

    assert provider.requests[0].headers["host"] == "models.example"
