"""Clients of a language model that know no end: of deadlines, of being cancelled, of turns."""

from __future__ import annotations

import asyncio

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.contracts import Attempt, LLMBackend
from qfa_core.errors import (
    LLMError,
    LLMRateLimited,
    LLMTimeout,
    LLMUnavailable,
)
from qfa_core.llm import LLMReply, Prompt
from tests.contracts.broken._honest_llm_client import HonestLLMClient
from tests.contracts.twins import Twins

TWINS = Twins()


@TWINS.fails("test_no_answer_in_time_is_a_timeout")
class TimeoutAsUnavailable(HonestLLMClient):
    """Tells of an answer that did not come as of a connection that broke."""

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        try:
            return await super().complete(prompt, context)
        except LLMTimeout:
            raise LLMUnavailable from None


@TWINS.fails("test_a_call_ends_by_its_deadline")
class DeadlineOverrun(HonestLLMClient):
    """Knows a time-out of its own, and not the deadline."""

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        late = msgspec.structs.replace(context, deadline=context.deadline.earlier(-0.8))
        is_over = super().remaining_seconds(context) == 0
        return await super().complete(prompt, context if is_over else late)


@TWINS.fails("test_nothing_is_asked_after_the_deadline")
class AskedTooLate(HonestLLMClient):
    """Asks first, and looks at the clock afterwards."""

    def remaining_seconds(self, context: RequestContext) -> float:
        return max(0.02, super().remaining_seconds(context))


@TWINS.fails("test_a_patient_call_does_not_wait_beyond_its_deadline")
class PatientBeyondTheDeadline(HonestLLMClient):
    """Lets the patient wait before it says that their deadline does not suffice."""

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        try:
            return await super().complete(prompt, context)
        except LLMRateLimited as error:
            if context.is_patient and error.retry_after_seconds:
                await asyncio.sleep(min(1.0, error.retry_after_seconds))
            raise


@TWINS.fails("test_a_cancelled_call_ends", "test_a_call_that_waits_for_a_limit_ends_when_it_is_cancelled")
class SwallowedCancellation(HonestLLMClient):
    """Takes being cancelled for a time-out."""

    async def ask(self, prompt: Prompt, context: RequestContext) -> LLMReply | LLMError:
        try:
            return await super().ask(prompt, context)
        except asyncio.CancelledError:
            return LLMTimeout()


@TWINS.fails("test_a_call_that_waits_for_a_limit_ends_when_it_is_cancelled")
class UnbrokenWait(HonestLLMClient):
    """Takes being cancelled for the end of its wait, and asks again."""

    async def wait(self, seconds: float) -> None:
        try:
            await super().wait(seconds)
        except asyncio.CancelledError:
            return


@TWINS.fails("test_the_far_end_sees_a_cancelled_call_go")
class AbandonedCall(HonestLLMClient):
    """Lets the far end work on for nobody."""

    async def attempt(self, prompt: Prompt, context: RequestContext) -> Attempt:
        await asyncio.sleep(0)
        return await asyncio.shield(super().attempt(prompt, context))


@TWINS.fails(
    "test_a_tenant_does_not_wait_behind_all_calls_of_another",
    "test_a_request_does_not_wait_behind_all_calls_of_another",
)
class FirstComeFirstServed(HonestLLMClient):
    """Serves in the order of arrival, whosever calls they are."""

    places = 4

    def __init__(self, backend: LLMBackend) -> None:
        super().__init__(backend)
        self.turns = asyncio.Semaphore(self.places or 1)

    async def attempt(self, prompt: Prompt, context: RequestContext) -> Attempt:
        async with self.turns:
            return await super().attempt(prompt, context)
