"""A key or an address that changes while calls go on."""

from __future__ import annotations

import pytest

from qfa_adapters.llm.connection import UnusableConnection
from qfa_core.errors import LLMRejected
from qfa_core.secrets import Secret
from tests.adapters.llm.asking import KEY, PROMPT, client, connection, context, error_of
from tests.fakes.provider import FakeProvider


async def test_the_next_call_goes_to_the_new_address_with_the_new_key(provider: FakeProvider) -> None:
    with FakeProvider() as elsewhere:
        async with client(provider.url, "azure/ours") as asking:
            await asking.complete(PROMPT, context())
            asking.reconnect(connection(elsewhere.url, "azure/ours", api_key=Secret("newer")))
            await asking.complete(PROMPT, context())

    assert [request.headers["api-key"] for request in provider.requests] == [KEY]
    assert [request.headers["api-key"] for request in elsewhere.requests] == ["newer"]


async def test_a_refused_key_is_replaced_without_a_new_client(provider: FakeProvider) -> None:
    async with client(provider.url, "azure/ours") as asking:
        provider.queue("401")
        refused = await error_of(asking)
        asking.reconnect(connection(provider.url, "azure/ours", api_key=Secret("newer")))
        reply = await asking.complete(PROMPT, context())

    assert type(refused) is LLMRejected
    assert reply.text


async def test_an_address_that_makes_no_sense_changes_nothing(provider: FakeProvider) -> None:
    async with client(provider.url, "azure/ours") as asking:
        with pytest.raises(UnusableConnection):
            asking.reconnect(connection("nonsense", "azure/ours", api_key=Secret("newer")))
        await asking.complete(PROMPT, context())

    assert provider.requests[0].headers["api-key"] == KEY


async def test_a_token_that_is_refused_is_told_to_whoever_hands_them_out(provider: FakeProvider) -> None:
    refused: list[Secret] = []

    async def token() -> Secret:
        return Secret(f"token-{len(refused)}")

    tokens = {"bearer_token": token, "refuse_token": refused.append}
    async with client(provider.url, "azure/ours", auth_mode="entra", **tokens) as asking:
        provider.queue("401")
        await error_of(asking)
        await asking.complete(PROMPT, context())

    assert refused == [Secret("token-0")]
    assert provider.requests[1].headers["authorization"] == "Bearer token-1"
