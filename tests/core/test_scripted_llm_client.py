"""The scripted language model: its script, its limits and its time."""

from __future__ import annotations

import asyncio

import pytest

from qfa_core.errors import LLMRateLimited, LLMTimeout
from qfa_core.fakes import ScriptedLLMClient
from qfa_core.llm import Prompt
from tests.core.asking import CONTEXT

PROMPT = Prompt(task="summarize", system="Rules.", user="No water.")


async def test_more_calls_at_once_than_it_allows_are_limited() -> None:
    client = ScriptedLLMClient({"summarize": "Water."}, most_at_once=2)

    calls = (client.complete(PROMPT, CONTEXT) for _ in range(3))
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(answer).__name__ for answer in answers] == ["LLMReply", "LLMReply", "LLMRateLimited"]


async def test_a_limit_uses_no_line_of_the_script_and_ends_with_the_calls() -> None:
    client = ScriptedLLMClient({"summarize": ["one", "two"]}, most_at_once=1)
    first = asyncio.create_task(client.complete(PROMPT, CONTEXT))
    await asyncio.sleep(0)
    with pytest.raises(LLMRateLimited):
        await client.complete(PROMPT, CONTEXT)
    await first

    assert (await client.complete(PROMPT, CONTEXT)).text == "two"


async def test_an_answer_that_would_come_after_the_deadline_is_a_timeout() -> None:
    now = CONTEXT.deadline.expires_at - 0.01
    client = ScriptedLLMClient({"summarize": "Water."}, delay_seconds=60, clock=lambda: now)

    with pytest.raises(LLMTimeout):
        await client.complete(PROMPT, CONTEXT)


async def test_an_answer_in_time_is_none() -> None:
    client = ScriptedLLMClient({"summarize": "Water."}, delay_seconds=0.01, clock=lambda: 0.0)

    assert (await client.complete(PROMPT, CONTEXT)).text == "Water."
