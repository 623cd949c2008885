"""Retries, deadlines, places and cancelling."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

import pytest

from qfa_core.errors import LLMRateLimited, LLMTimeout, LLMUnavailable
from tests.adapters.llm.asking import PROMPT, Sleeps, client, context, error_of
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_replies import failing


async def test_a_passing_failure_is_forgotten_once_an_attempt_succeeds(provider: FakeProvider) -> None:
    provider.queue("503", "drop", "429", "normal")
    async with client(provider.url) as asking:
        reply = await asking.complete(PROMPT, context())

    assert reply.finish == "stop"
    assert len(provider.requests) == 4


async def test_waits_grow_and_are_jittered(provider: FakeProvider) -> None:
    provider.queue("503", "503", "503", "503")
    sleeps = Sleeps()
    async with client(provider.url, sleep=sleeps, random=lambda: 0.5) as asking:
        await error_of(asking)

    assert sleeps.seconds == [0.25, 0.5, 1.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:03 GMT"}, 3.0),
        ({"retry-after": "soon"}, 0.5),
        ({"retry-after": "-1", "x-ratelimit-reset-requests": "7s"}, 0.5),
    ],
)
async def test_the_provider_says_how_long_to_wait(
    provider: FakeProvider, headers: dict[str, str], seconds: float
) -> None:
    provider.queue(failing(429, headers=headers))
    sleeps = Sleeps()
    noon = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    async with client(provider.url, sleep=sleeps, random=lambda: 1.0, now=lambda: noon) as asking:
        await asking.complete(PROMPT, context())

    assert sleeps.seconds == [seconds]


async def test_a_wait_beyond_a_callers_patience_is_handed_on(provider: FakeProvider) -> None:
    provider.queue("429_retry_after_long")
    async with client(provider.url) as asking:
        error = await error_of(asking, seconds=600)

    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds == 60
    assert len(provider.requests) == 1


async def test_a_server_that_is_away_for_long_is_unavailable_at_once(provider: FakeProvider) -> None:
    provider.queue("503_retry_after_long")
    async with client(provider.url) as asking:
        error = await error_of(asking, seconds=600)

    assert type(error) is LLMUnavailable
    assert len(provider.requests) == 1


async def test_a_wait_beyond_the_deadline_is_not_slept(provider: FakeProvider) -> None:
    provider.queue(failing(429, headers={"retry-after": "6"}))
    sleeps = Sleeps()
    async with client(provider.url, sleep=sleeps) as asking:
        error = await error_of(asking, seconds=5)

    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds == 6
    assert sleeps.seconds == []


async def test_a_limit_without_a_time_is_raised_without_one(provider: FakeProvider) -> None:
    provider.queue("429", "429", "429", "429")
    async with client(provider.url) as asking:
        error = await error_of(asking)

    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds is None


@pytest.mark.parametrize("behaviour", ["hang", "trickle"])
async def test_the_deadline_ends_an_attempt_that_has_time_left(
    provider: FakeProvider, behaviour: str
) -> None:
    provider.queue(behaviour)
    started = time.monotonic()
    async with client(provider.url, timeout_seconds=60) as asking:
        error = await error_of(asking, seconds=0.2)

    assert type(error) is LLMTimeout
    assert time.monotonic() - started < 5
    assert len(provider.requests) == 1


async def test_nothing_is_asked_once_the_deadline_has_passed(provider: FakeProvider) -> None:
    async with client(provider.url) as asking:
        await asking.complete(PROMPT, context())  # leaves a connection that could be used at once
        error = await error_of(asking, seconds=-1)
        await asking.complete(PROMPT, context())

    assert type(error) is LLMTimeout
    assert len(provider.requests) == 2


async def test_the_deadline_is_read_on_the_clients_clock(provider: FakeProvider) -> None:
    async with client(provider.url, clock=lambda: time.monotonic() + 1000) as asking:
        error = await error_of(asking, seconds=30)

    assert type(error) is LLMTimeout


async def test_connections_are_kept_and_used_again(provider: FakeProvider) -> None:
    provider.queue("normal", "429", "404")
    async with client(provider.url) as asking:
        await asking.complete(PROMPT, context())
        await error_of(asking)
        await asking.complete(PROMPT, context())

    assert [request.connection for request in provider.requests] == [1, 1, 1, 1]


async def test_no_more_calls_than_places_are_under_way(provider: FakeProvider) -> None:
    provider.choose = lambda _: "hang"
    async with client(provider.url, max_concurrency=2) as asking, asyncio.TaskGroup() as group:
        calls = [group.create_task(asking.complete(PROMPT, context())) for _ in range(5)]
        await asyncio.to_thread(provider.wait_for_requests, 2)
        with pytest.raises(AssertionError, match="2 of 3"):
            await asyncio.to_thread(provider.wait_for_requests, 3, 0.1)
        for call in calls:
            call.cancel()

    assert all(call.cancelled() for call in calls)


async def test_waiting_for_a_place_takes_no_time_of_the_attempt(provider: FakeProvider) -> None:
    provider.queue("hang")
    sleeps = Sleeps()
    async with client(provider.url, max_concurrency=1, timeout_seconds=0.5, sleep=sleeps) as asking:
        await asyncio.gather(*(asking.complete(PROMPT, context()) for _ in range(2)))

    assert len(sleeps.seconds) == 1


async def test_waiting_for_a_place_ends_with_the_deadline(provider: FakeProvider) -> None:
    provider.queue("hang")
    async with client(provider.url, max_concurrency=1) as asking, asyncio.TaskGroup() as group:
        first = group.create_task(asking.complete(PROMPT, context()))
        await asyncio.to_thread(provider.wait_for_requests, 1)
        error = await error_of(asking, seconds=0.1)
        first.cancel()

    assert type(error) is LLMTimeout
    assert len(provider.requests) == 1


@pytest.mark.parametrize("behaviour", ["hang", "trickle"])
async def test_a_cancelled_call_hangs_up_on_the_provider(provider: FakeProvider, behaviour: str) -> None:
    provider.queue(behaviour)
    async with client(provider.url) as asking:
        call = asyncio.create_task(asking.complete(PROMPT, context()))
        requests = await asyncio.to_thread(provider.wait_for_requests, 1)
        call.cancel()
        finished = await asyncio.to_thread(requests[0].finished.wait, 5)

    assert finished
    assert requests[0].hung_up
    assert call.cancelled()


async def test_a_cancelled_wait_is_not_tried_again(provider: FakeProvider) -> None:
    async def cancelled(_: float) -> None:
        raise asyncio.CancelledError

    provider.queue("503")
    async with client(provider.url, sleep=cancelled) as asking:
        with pytest.raises(asyncio.CancelledError):
            await asking.complete(PROMPT, context())

    assert len(provider.requests) == 1


async def test_a_cancelled_call_gives_its_place_back(provider: FakeProvider) -> None:
    provider.queue("hang", "normal")
    async with client(provider.url, max_concurrency=1) as asking:
        call = asyncio.create_task(asking.complete(PROMPT, context()))
        await asyncio.to_thread(provider.wait_for_requests, 1)
        call.cancel()
        reply = await asking.complete(PROMPT, context())

    assert reply.finish == "stop"
