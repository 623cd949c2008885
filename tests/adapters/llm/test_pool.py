"""Connections to a provider are kept: a new one costs handshakes of TCP and TLS."""

from __future__ import annotations

import asyncio

import msgspec

from tests.adapters.llm.asking import PROMPT, client, context
from tests.fakes.provider import FakeProvider

CALLS = 50
AT_A_TIME = 5


async def test_fifty_calls_one_after_the_other_take_one_connection(provider: FakeProvider) -> None:
    async with client(provider.url) as asking:
        for _ in range(CALLS):
            await asking.complete(PROMPT, context())

    assert {request.connection for request in provider.requests} == {1}
    assert len(provider.requests) == CALLS


async def test_fifty_calls_some_at_a_time_take_a_connection_for_each_at_a_time(
    provider: FakeProvider,
) -> None:
    async with client(provider.url, max_concurrency=AT_A_TIME) as asking:
        await asyncio.gather(*(asking.complete(PROMPT, context()) for _ in range(CALLS)))

    assert len({request.connection for request in provider.requests}) <= AT_A_TIME
    assert len(provider.requests) == CALLS


async def test_a_prompt_of_megabytes_is_sent_whole_each_time(provider: FakeProvider) -> None:
    sentences = " ".join(f"Record {number}: вода" for number in range(50_000))
    prompt = msgspec.structs.replace(PROMPT, user=sentences)
    provider.queue("500", "normal")

    async with client(provider.url) as asking:
        await asking.complete(prompt, context())

    assert [request.body["messages"][-1]["content"] for request in provider.requests] == [sentences] * 2
    assert all("transfer-encoding" not in request.headers for request in provider.requests)
