"""Tokens of a managed identity, through the real azure SDK, from an endpoint that behaves and misbehaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from qfa_adapters.azure.tokens import REFRESH_SECONDS, RETRY_SECONDS, ManagedIdentityTokens
from qfa_core.secrets import Secret
from tests.fakes.identity import DATABASE_RESOURCE, IdentityEndpoint, Manner

SCOPE = f"{DATABASE_RESOURCE}/.default"


class Clock:
    """The real time, and how far a test has moved on from there."""

    def __init__(self) -> None:
        self.ahead_seconds = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_seconds


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityEndpoint]:
    with IdentityEndpoint() as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint


def revealed(token: Secret | None) -> str | None:
    return token.reveal() if token else None


async def test_however_many_ask_at_once_one_token_is_fetched(endpoint: IdentityEndpoint) -> None:
    tokens = ManagedIdentityTokens(SCOPE)

    handed_out = await asyncio.gather(*(tokens.current() for _ in range(50)))

    assert {revealed(token) for token in handed_out} == {"canary-token-0"}
    assert endpoint.requests == 1


async def test_a_token_is_kept_until_two_minutes_before_its_end(endpoint: IdentityEndpoint) -> None:
    clock = Clock()
    tokens = ManagedIdentityTokens(SCOPE, now=clock)
    await tokens.current()
    clock.ahead_seconds = endpoint.lifetime_seconds - REFRESH_SECONDS - 5
    before = revealed(await tokens.current())
    clock.ahead_seconds += 6
    after = revealed(await tokens.current())

    assert (before, after) == ("canary-token-0", "canary-token-1")


async def test_a_refused_token_is_not_handed_out_again(endpoint: IdentityEndpoint) -> None:
    tokens = ManagedIdentityTokens(SCOPE)
    refused = await tokens.current()
    assert refused is not None
    tokens.forget(refused)

    assert revealed(await tokens.current()) == "canary-token-1"


async def test_forgetting_an_older_token_leaves_the_newer_one(endpoint: IdentityEndpoint) -> None:
    tokens = ManagedIdentityTokens(SCOPE)
    older = await tokens.current()
    assert older is not None
    tokens.forget(older)
    await tokens.current()
    tokens.forget(older)

    assert revealed(await tokens.current()) == "canary-token-1"
    assert endpoint.requests == 2


@pytest.mark.parametrize("manner", ["fails", "silent", "babbles"])
async def test_an_endpoint_that_gives_no_token_is_asked_again_only_after_a_while(
    endpoint: IdentityEndpoint, caplog: pytest.LogCaptureFixture, manner: Manner
) -> None:
    clock = Clock()
    tokens = ManagedIdentityTokens(SCOPE, now=clock)
    endpoint.manner = manner
    first, second = await tokens.current(), await tokens.current()
    requests_meanwhile = endpoint.requests
    endpoint.manner = "normal"
    third = await tokens.current()
    clock.ahead_seconds = RETRY_SECONDS + 1

    assert (first, second, third) == (None, None, None)
    assert endpoint.requests == requests_meanwhile
    assert revealed(await tokens.current()) == "canary-token-0"
    own_lines = [record.getMessage() for record in caplog.records if record.name.startswith("qfa")]
    assert any("gave no token" in line for line in own_lines)
    assert "canary" not in str(own_lines)


async def test_a_token_that_still_holds_serves_while_the_endpoint_is_down(endpoint: IdentityEndpoint) -> None:
    clock = Clock()
    tokens = ManagedIdentityTokens(SCOPE, now=clock)
    await tokens.current()
    endpoint.manner = "fails"
    clock.ahead_seconds = endpoint.lifetime_seconds - 60
    near_its_end = revealed(await tokens.current())
    clock.ahead_seconds = endpoint.lifetime_seconds + 1

    assert near_its_end == "canary-token-0"
    assert await tokens.current() is None


async def test_a_silent_endpoint_does_not_hold_up_anything_else(endpoint: IdentityEndpoint) -> None:
    endpoint.manner = "silent"
    tokens = ManagedIdentityTokens(SCOPE)
    asking = asyncio.create_task(tokens.current())
    longest, last = 0.0, time.monotonic()
    while not asking.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()

    assert longest < 2  # a loop that is held up stands still for as long as the endpoint is waited for
