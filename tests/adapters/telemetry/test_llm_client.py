"""What is told of LLM calls, and what never is."""

from __future__ import annotations

import asyncio

import pytest
from opentelemetry.trace import StatusCode

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.llm_client import LLMMeters, TracingLLMClient
from qfa_adapters.telemetry.requests import RequestSpans
from qfa_core.budget import Deadline, RequestContext
from qfa_core.errors import LLMRateLimited
from qfa_core.fakes.scripted_llm_client import Line, ScriptedLLMClient
from qfa_core.llm import LLMReply, Prompt
from tests.adapters.telemetry.seeing import Seen

PROMPT = Prompt(task="summarize", system="CANARY rules", user="CANARY text")
CONTEXT = RequestContext(
    tenant_id="tenant-7", operation="summarize", request_id="request-3", deadline=Deadline(expires_at=1e9)
)
REPLY = LLMReply(text="CANARY answer", model="azure/ours", input_tokens=10, output_tokens=2, cost_usd=0.5)


@pytest.fixture
def seen() -> Seen:
    return Seen()


def tracing(seen: Seen, line: Line = REPLY, **more: float) -> TracingLLMClient:
    client = ScriptedLLMClient({"summarize": line}, model="azure/ours", **more)
    return TracingLLMClient(client, seen.tracer, LLMMeters(seen.meter))


async def test_a_span_tells_model_tokens_cost_and_whose_call_it_was(seen: Seen) -> None:
    reply = await tracing(seen).complete(PROMPT, CONTEXT)

    [span] = seen.spans()
    assert reply is REPLY
    assert span.name == "chat azure/ours"
    assert dict(span.attributes or {}) == {
        "qfa.request_id": "request-3",
        "qfa.tenant_id": "tenant-7",
        "qfa.operation": "summarize",
        "qfa.task": "summarize",
        "qfa.cost_usd": 0.5,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "azure.ai.openai",
        "gen_ai.system": "azure.ai.openai",
        "gen_ai.request.model": "azure/ours",
        "gen_ai.response.model": "azure/ours",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 2,
    }


async def test_what_is_unknown_is_left_out(seen: Seen) -> None:
    await tracing(seen, LLMReply(text="yes", model="azure/ours")).complete(PROMPT, CONTEXT)

    [span] = seen.spans()
    left_out = {names.GEN_AI_INPUT_TOKENS, names.GEN_AI_OUTPUT_TOKENS, names.COST_USD}
    assert not left_out & set(span.attributes or {})
    assert seen.measured(names.LLM_TOKENS) == seen.measured(names.LLM_COST) == []


async def test_a_failure_is_told_by_its_class_and_rises(seen: Seen) -> None:
    error = LLMRateLimited()
    error.args = ("CANARY of a provider",)
    with pytest.raises(LLMRateLimited) as caught:
        await tracing(seen, error).complete(PROMPT, CONTEXT)

    [span] = seen.spans()
    [duration] = seen.measured(names.LLM_DURATION)
    assert caught.value is error
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    attributes = span.attributes or {}
    assert attributes[names.ERROR_TYPE] == attributes[names.ERROR] == "LLMRateLimited"
    assert duration.attributes[names.ERROR_TYPE] == "LLMRateLimited"
    assert span.events == ()
    assert "CANARY" not in seen.everything()


async def test_a_cancelled_call_is_told_as_such(seen: Seen) -> None:
    call = asyncio.create_task(tracing(seen, delay_seconds=60).complete(PROMPT, CONTEXT))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    [span] = seen.spans()
    assert (span.attributes or {})[names.ERROR] == "Cancelled"


async def test_no_word_of_prompt_or_answer_is_told(seen: Seen) -> None:
    await tracing(seen).complete(PROMPT, CONTEXT)

    assert "summarize" in seen.everything()
    assert "CANARY" not in seen.everything()


async def test_tokens_and_cost_are_added_up(seen: Seen) -> None:
    client = tracing(seen)
    await client.complete(PROMPT, CONTEXT)
    await client.complete(PROMPT, CONTEXT)

    [duration] = seen.measured(names.LLM_DURATION)
    tokens = {point.attributes[names.GEN_AI_TOKEN_TYPE]: point for point in seen.measured(names.LLM_TOKENS)}
    [cost] = seen.measured(names.LLM_COST)
    assert duration.count == 2
    assert (tokens["input"].value, tokens["output"].value) == (20, 4)
    assert (cost.value, cost.attributes[names.TENANT_ID]) == (1.0, "tenant-7")


async def test_calls_of_a_request_stand_below_it_whatever_task_makes_them(seen: Seen) -> None:
    client = tracing(seen)
    with RequestSpans(seen.tracer, seen.meter).watch("request-3", "POST", None) as tell:
        async with asyncio.TaskGroup() as group:
            group.create_task(client.complete(PROMPT, CONTEXT))
            group.create_task(client.complete(PROMPT, CONTEXT))
        tell({"duration_ms": 1.0, "status": 200})

    *calls, request = seen.spans()
    assert len(calls) == 2
    assert {call.parent.span_id for call in calls if call.parent} == {request.context.span_id}
    assert {call.context.trace_id for call in calls} == {request.context.trace_id}


def test_the_model_is_the_clients(seen: Seen) -> None:
    assert tracing(seen).model == "azure/ours"
