"""What becomes of many calls when the provider limits them, through the real client over real connections."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

import pytest

from qfa_adapters.llm.client import HttpxLLMClient
from qfa_adapters.llm.retries import LONGEST_PAUSE_SECONDS
from qfa_core.budget import RequestContext
from qfa_core.errors import LLMRateLimited, LLMUnavailable
from qfa_core.llm import LLMReply
from tests.adapters.llm.asking import PROMPT, Leaps, Sleeps, client, context, error_of
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_limits import Limited, LimitedAtATime, TokenBucket
from tests.fakes.provider_replies import failing


async def all_of(asking: HttpxLLMClient, contexts: Iterable[RequestContext]) -> list[LLMReply]:
    """Ask once a context, all at once; any failure is raised."""
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(asking.complete(PROMPT, waiting)) for waiting in contexts]
    return [call.result() for call in calls]


def about(*seconds: float) -> Any:
    """Compare with sleeps on a clock that runs on a little between them."""
    return pytest.approx(seconds, abs=0.4)


class Gate:
    """A sleep that says when it has begun, and lasts until the test ends it."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self, _: float) -> None:
        self.begun.set()
        await self.open.wait()


async def test_a_patient_call_waits_out_a_limit_that_a_single_one_reports(provider: FakeProvider) -> None:
    provider.queue(*["429_retry_after"] * 10)
    time = Leaps()
    async with client(provider.url, sleep=time.sleep, clock=time.clock) as asking:
        reply = await asking.complete(PROMPT, context(seconds=30, is_patient=True))
        provider.queue(*["429_retry_after"] * 10)
        error = await error_of(asking, seconds=600)

    assert reply.finish == "stop"
    assert time.seconds == about(*[2.0] * (10 + 3))
    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds == 2
    assert len(provider.requests) == 11 + 4


async def test_a_patient_call_gives_up_once_it_would_have_to_wait_beyond_its_deadline(
    provider: FakeProvider,
) -> None:
    provider.queue(*["429_retry_after"] * 20)
    time = Leaps()
    async with client(provider.url, sleep=time.sleep, clock=time.clock) as asking:
        error = await error_of(asking, seconds=9, is_patient=True)

    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds == 2
    assert time.seconds == about(*[2.0] * 4)


async def test_other_failures_of_a_patient_call_count_and_limits_do_not(provider: FakeProvider) -> None:
    provider.queue(*["429", "503"] * 10)
    async with client(provider.url) as asking:
        error = await error_of(asking, seconds=600, is_patient=True)

    assert type(error) is LLMUnavailable
    assert len(provider.requests) == 8


async def test_a_patient_call_is_patient_with_limits_only(provider: FakeProvider) -> None:
    provider.queue("503_retry_after_long")
    async with client(provider.url) as asking:
        error = await error_of(asking, seconds=600, is_patient=True)

    assert type(error) is LLMUnavailable
    assert len(provider.requests) == 1


async def test_a_patient_call_keeps_a_wait_that_is_longer_than_a_pause(provider: FakeProvider) -> None:
    provider.queue(failing(429, headers={"retry-after": "100"}))
    time = Leaps()
    async with client(provider.url, sleep=time.sleep, clock=time.clock) as asking:
        await asking.complete(PROMPT, context(seconds=600, is_patient=True))

    assert time.seconds == [100.0]


async def test_a_limit_slows_all_patient_calls_down_together(provider: FakeProvider) -> None:
    provider.queue("429_retry_after")
    pause = Gate()
    async with client(provider.url, sleep=pause) as asking, asyncio.TaskGroup() as group:
        group.create_task(asking.complete(PROMPT, context(is_patient=True)))
        await pause.begun.wait()
        for number in range(20):
            group.create_task(asking.complete(PROMPT, context(request_number=number, is_patient=True)))
        with pytest.raises(AssertionError, match="1 of 2"):
            await asyncio.to_thread(provider.wait_for_requests, 2, 0.1)
        pause.open.set()

    assert len(provider.requests) == 22


async def test_a_single_call_is_answered_while_the_patient_wait(provider: FakeProvider) -> None:
    provider.queue("429_retry_after_long")
    pause = Gate()
    async with client(provider.url, sleep=pause) as asking, asyncio.TaskGroup() as group:
        patient = group.create_task(asking.complete(PROMPT, context(seconds=600, is_patient=True)))
        await pause.begun.wait()
        reply = await asking.complete(PROMPT, context())
        was_waiting = not patient.done()
        pause.open.set()

    assert reply.finish == "stop"
    assert was_waiting


async def test_a_limit_of_one_single_call_is_not_the_next_ones(provider: FakeProvider) -> None:
    provider.queue("429_retry_after_long")
    async with client(provider.url) as asking:
        error = await error_of(asking, seconds=600)
        reply = await asking.complete(PROMPT, context())

    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds == 60
    assert reply.finish == "stop"


async def test_a_single_calls_waits_for_a_limit_grow_and_are_jittered(provider: FakeProvider) -> None:
    provider.queue(*["429"] * 4)
    sleeps = Sleeps()
    async with client(provider.url, sleep=sleeps, random=lambda: 0.5) as asking:
        await error_of(asking)

    assert sleeps.seconds == [0.25, 0.5, 1.0]


async def test_full_speed_returns_after_a_limit(provider: FakeProvider) -> None:
    provider.queue("429", "429", *["normal"] * 10, *["hang"] * 4)
    async with client(provider.url, max_concurrency=4) as asking:
        for _ in range(10):
            await asking.complete(PROMPT, context(is_patient=True))
        calls = [asyncio.create_task(asking.complete(PROMPT, context(is_patient=True))) for _ in range(4)]
        await asyncio.to_thread(provider.wait_for_requests, 16)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)


async def test_a_retry_after_of_an_hour_fails_one_call_and_not_the_next(provider: FakeProvider) -> None:
    provider.queue(failing(429, headers={"retry-after": "3600"}))
    time = Leaps()
    async with client(provider.url, sleep=time.sleep, clock=time.clock) as asking:
        error = await error_of(asking, seconds=600, is_patient=True)
        reply = await asking.complete(PROMPT, context(seconds=600, is_patient=True))

    assert isinstance(error, LLMRateLimited)
    assert error.retry_after_seconds == 3600
    assert reply.finish == "stop"
    assert time.seconds == about(LONGEST_PAUSE_SECONDS)


@pytest.mark.parametrize(
    "others_request",
    [{"tenant_id": "tenant-8", "is_patient": True}, {"request_number": 1, "is_patient": True}, {}],
)
async def test_one_call_of_another_request_does_not_wait_behind_a_thousand(
    provider: FakeProvider, others_request: dict[str, Any]
) -> None:
    async with client(provider.url, max_concurrency=4) as asking:
        many = [asyncio.create_task(asking.complete(PROMPT, context(is_patient=True))) for _ in range(1000)]
        await asyncio.to_thread(provider.wait_for_requests, 4)
        one = asyncio.create_task(asking.complete(PROMPT, context(**others_request)))
        await asyncio.sleep(0)
        before = sum(call.done() for call in many)
        await one
        overtaken_by = sum(call.done() for call in many) - before
        for call in many:
            call.cancel()
        await asyncio.wait(many)

    assert overtaken_by <= 3 * 4


async def test_a_cancelled_waiter_leaves_no_hole(provider: FakeProvider) -> None:
    provider.queue("429_retry_after")
    pause = Gate()
    async with client(provider.url, max_concurrency=1, sleep=pause) as asking:
        calls = [asyncio.create_task(asking.complete(PROMPT, context(is_patient=True))) for _ in range(5)]
        await pause.begun.wait()
        for call in calls[:4]:
            call.cancel()
        await asyncio.wait(calls[:4])
        pause.open.set()
        reply = await calls[4]

    assert reply.finish == "stop"
    assert len(provider.requests) == 2


@pytest.mark.parametrize(
    ("limit", "most_refused"),
    [
        (LimitedAtATime(8), 150),
        (LimitedAtATime(8, retry_after_ms=None), 150),
        (TokenBucket(150, burst=10), 200),
    ],
)
async def test_a_patient_fan_out_ends_without_a_failure_and_with_few_attempts_in_vain(
    limit: Limited, most_refused: int
) -> None:
    with FakeProvider(limit) as provider:
        async with client(provider.url, sleep=asyncio.sleep) as asking:
            replies = await all_of(asking, (context(seconds=60, is_patient=True) for _ in range(300)))

    assert len(replies) == 300
    assert len(limit.refused) <= most_refused


async def test_single_calls_get_through_while_a_fan_out_meets_limits() -> None:
    limit = LimitedAtATime(8)
    with FakeProvider(limit) as provider:
        async with client(provider.url, sleep=asyncio.sleep) as asking, asyncio.TaskGroup() as group:
            for _ in range(200):
                group.create_task(asking.complete(PROMPT, context(seconds=60, is_patient=True)))
            await asyncio.to_thread(provider.wait_for_requests, 64)
            for number in range(1, 6):
                await asking.complete(PROMPT, context(tenant_id="tenant-8", request_number=number))
            answered_meanwhile = len(limit.admitted)

    assert answered_meanwhile < 200


async def test_a_limit_that_is_waited_out_is_not_told_once_a_call(
    provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="qfa.llm")
    provider.queue(*["429_retry_after"] * 4)
    async with client(provider.url, max_concurrency=4) as asking:
        await all_of(asking, (context(is_patient=True) for _ in range(4)))

    assert [record.getMessage() for record in caplog.records] == [
        "openai/gpt-4o limits: patient calls wait for 2.0 s, then up to 2 at a time."
    ]
