"""A client of a language model that keeps every promise, for twins to break one each."""

from __future__ import annotations

import asyncio
import itertools
import time

from qfa_core.budget import RequestContext
from qfa_core.contracts import Attempt, LLMBackend
from qfa_core.errors import (
    ContentFiltered,
    LLMAnswerUnusable,
    LLMError,
    LLMRateLimited,
    LLMRejected,
    LLMTimeout,
    LLMUnavailable,
)
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient

MOST_ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 1.0
BACKOFF_SECONDS = 0.001


class HonestLLMClient(LLMClient):
    """Ask the far end in this process, step by step: each step is a twin's to break."""

    model = "honest/1"
    places: int | None = None

    def __init__(self, backend: LLMBackend) -> None:
        self.backend = backend

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        try:
            async with asyncio.timeout(self.remaining_seconds(context)):
                outcome = await self.ask(prompt, context)
        except TimeoutError:
            outcome = LLMTimeout()
        if isinstance(outcome, LLMError):
            raise outcome
        return outcome

    def remaining_seconds(self, context: RequestContext) -> float:
        return context.deadline.remaining_seconds(time.monotonic())

    async def ask(self, prompt: Prompt, context: RequestContext) -> LLMReply | LLMError:
        """Try until there is an answer, or no use in trying again."""
        for number in itertools.count(1):
            attempt = await self.attempt(prompt, context)
            outcome = self.outcome(attempt, prompt)
            if isinstance(outcome, LLMReply):
                return outcome
            wait_seconds = self.wait_seconds(outcome, number, context)
            if wait_seconds is None:
                return outcome
            await self.wait(wait_seconds)
        raise AssertionError

    async def attempt(self, prompt: Prompt, context: RequestContext) -> Attempt:
        await asyncio.sleep(0)  # as to send something takes: a deadline that has passed is noticed here
        attempt = self.backend.receive(self.sent(prompt, context))
        await attempt.wait()
        return attempt

    def sent(self, prompt: Prompt, context: RequestContext) -> str:
        return f"{context.tenant_id}: {prompt.system} {prompt.user}"

    def outcome(self, attempt: Attempt, prompt: Prompt) -> LLMReply | LLMError:
        if attempt.outcome == "reply":
            return self.reply(attempt)
        return self.error(attempt, prompt)

    def reply(self, attempt: Attempt) -> LLMReply | LLMError:
        if not attempt.text and not attempt.is_cut:
            return LLMAnswerUnusable()
        return LLMReply(text=attempt.text, model=self.model, finish="length" if attempt.is_cut else "stop")

    def error(self, attempt: Attempt, _: Prompt) -> LLMReply | LLMError:
        match attempt.outcome:
            case "limit":
                return LLMRateLimited(retry_after_seconds=attempt.retry_after_seconds)
            case "refuse":
                return ContentFiltered()
            case "reject":
                return LLMRejected()
            case "babble":
                return LLMAnswerUnusable()
        return LLMUnavailable()

    def wait_seconds(self, error: LLMError, number: int, context: RequestContext) -> float | None:
        """Return how long to wait after so many attempts, None where *error* is the end."""
        asked = error.retry_after_seconds if isinstance(error, LLMRateLimited) else None
        wait_seconds = BACKOFF_SECONDS if asked is None else asked
        if isinstance(error, LLMRateLimited) and context.is_patient:
            return wait_seconds if wait_seconds < self.remaining_seconds(context) else None
        is_passing = isinstance(error, LLMRateLimited | LLMUnavailable)
        is_soon = wait_seconds < min(LONGEST_WAIT_SECONDS, self.remaining_seconds(context))
        return wait_seconds if is_passing and is_soon and number < MOST_ATTEMPTS else None

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
