"""The LLM client that keeps account of another."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import logging

import pytest

from qfa_core.budget import Deadline, RequestContext
from qfa_core.errors import LLMRejected
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.fakes.scripted_llm_client import Line, ScriptedLLMClient
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall
from qfa_core.use_cases.recording import RecordingLLMClient

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
PROMPT = Prompt(task="summarize", system="CANARY rules", user="CANARY text")
CONTEXT = RequestContext(
    tenant_id="tenant-7",
    operation="summarize",
    request_id="request-3",
    deadline=Deadline(expires_at=1000.0),
)
REPLY = LLMReply(text="CANARY answer", model="gpt", input_tokens=10, output_tokens=2, cost_usd=0.5)


def recording(client: LLMClient, store: UsageStore) -> RecordingLLMClient:
    """A clock that is 0.25 s later each time it is read, and ids that count."""
    ticks, ids = itertools.count(), itertools.count(1)
    return RecordingLLMClient(
        client,
        store,
        clock=lambda: 100 + next(ticks) / 4,
        now=lambda: NOON,
        new_id=lambda: f"row-{next(ids)}",
    )


def unavailable() -> InMemoryUsageStore:
    store = InMemoryUsageStore()
    store.available = False
    return store


def scripted(line: Line) -> ScriptedLLMClient:
    return ScriptedLLMClient({"summarize": line}, model="azure/ours")


async def test_an_answered_call_is_one_row_with_the_reply_s_figures() -> None:
    store = InMemoryUsageStore()
    reply = await recording(scripted(REPLY), store).complete(PROMPT, CONTEXT)

    assert reply is REPLY
    assert store.calls == (
        LLMCall(
            id="row-1",
            request_id="request-3",
            tenant_id="tenant-7",
            operation="summarize",
            model="gpt",
            started_at=NOON,
            duration_ms=250,
            input_tokens=10,
            output_tokens=2,
            cost_usd=0.5,
        ),
    )


async def test_a_failed_call_is_one_row_under_the_clients_model() -> None:
    store, failure = InMemoryUsageStore(), LLMRejected()
    with pytest.raises(LLMRejected) as raised:
        await recording(scripted(failure), store).complete(PROMPT, CONTEXT)

    assert raised.value is failure
    assert [(row.failure, row.model, row.duration_ms) for row in store.calls] == [
        ("LLMRejected", "azure/ours", 250)
    ]
    assert (store.calls[0].input_tokens, store.calls[0].cost_usd) == (None, None)


async def test_a_call_that_a_bug_ended_is_recorded_too() -> None:
    store = InMemoryUsageStore()
    with pytest.raises(KeyError):
        await recording(scripted(KeyError("CANARY")), store).complete(PROMPT, CONTEXT)

    assert [row.failure for row in store.calls] == ["KeyError"]


async def test_a_cancelled_call_is_recorded_and_stays_cancelled() -> None:
    asked = asyncio.Event()

    def script(_: Prompt) -> Line:
        asked.set()
        return REPLY

    store, client = InMemoryUsageStore(), ScriptedLLMClient(script, delay_seconds=60)
    call = asyncio.create_task(recording(client, store).complete(PROMPT, CONTEXT))
    await asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert [row.failure for row in store.calls] == ["Cancelled"]
    assert client.cancelled == 1


async def test_each_call_has_an_id_of_its_own() -> None:
    store = InMemoryUsageStore()
    client = recording(scripted(REPLY), store)
    await client.complete(PROMPT, CONTEXT)
    await client.complete(PROMPT, CONTEXT)

    assert [row.id for row in store.calls] == ["row-1", "row-2"]
    assert {row.request_id for row in store.calls} == {"request-3"}


async def test_a_lost_row_costs_no_answer_and_is_logged_without_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    reply = await recording(scripted(REPLY), unavailable()).complete(PROMPT, CONTEXT)

    assert reply is REPLY
    assert [record.getMessage() for record in caplog.records] == ["The usage of one LLM call was lost."]
    assert caplog.records[0].__dict__["request_id"] == "request-3"
    assert "CANARY" not in caplog.text


async def test_a_lost_row_hides_no_failure() -> None:
    with pytest.raises(LLMRejected):
        await recording(scripted(LLMRejected()), unavailable()).complete(PROMPT, CONTEXT)


def test_the_model_is_the_clients() -> None:
    assert recording(scripted(REPLY), InMemoryUsageStore()).model == "azure/ours"
