"""What every client of a language model promises of failures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from qfa_core.contracts.leaks import everything_said_by
from qfa_core.contracts.llm_backend import ANSWER, PROVIDERS_WORDS, LLMBackend
from qfa_core.contracts.llm_suite import WORDS, LLMClientSuite, ask, error_of
from qfa_core.errors import ContentFiltered, LLMRateLimited, LLMRejected, LLMUnavailable
from qfa_core.ports.llm_client import LLMClient

Direction: TypeAlias = Callable[[LLMBackend], None]

LONG_SECONDS = 600.0
SOON_SECONDS = 1.0
MANY_LIMITS = 7

FAILURES: dict[str, Direction] = {
    "limit": lambda backend: backend.limit(),
    "fail": lambda backend: backend.fail(),
    "drop": lambda backend: backend.drop(),
    "stall": lambda backend: backend.stall(),
    "refuse": lambda backend: backend.refuse(),
    "reject": lambda backend: backend.reject(),
    "babble": lambda backend: backend.babble(PROVIDERS_WORDS),
}
whatever_fails = pytest.mark.parametrize("direct", FAILURES.values(), ids=FAILURES.keys())
in_passing = pytest.mark.parametrize(
    "direct",
    [lambda backend: backend.fail(times=1), lambda backend: backend.drop(times=1)],
    ids=["fail", "drop"],
)


class LLMFailuresContract(LLMClientSuite):
    """What is tried again, what is not, and what an error says."""

    @in_passing
    async def test_a_passing_failure_is_tried_again(
        self, llm_client: LLMClient, backend: LLMBackend, direct: Direction
    ) -> None:
        """LLMClient.complete: Passing failures (connection, 408, 409, 429, 5xx, no answer) are retried"""
        direct(backend)

        reply = await ask(llm_client, self.prompt(), self.context())

        assert reply.text == ANSWER
        assert len(backend.attempts) == 2

    async def test_a_passing_limit_is_tried_again(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: Passing failures (connection, 408, 409, 429, 5xx, no answer) are retried"""
        backend.limit(times=1, retry_after_seconds=self.retry_after_seconds)

        reply = await ask(llm_client, self.prompt(), self.context())

        assert reply.text == ANSWER
        assert len(backend.attempts) == 2

    async def test_a_lasting_failure_is_tried_again_and_then_unavailable(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: LLMUnavailable once retries are of no more use"""
        backend.fail()

        error = await error_of(llm_client, self.prompt(), self.context(seconds=2))

        assert isinstance(error, LLMUnavailable)
        assert len(backend.attempts) > 1

    async def test_a_lasting_limit_is_tried_again_and_then_told_with_its_wait(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: Raises LLMRateLimited (with the provider's wait)"""
        backend.limit(retry_after_seconds=self.retry_after_seconds)

        error = await error_of(
            llm_client, self.prompt(), self.context(seconds=1 + 10 * self.retry_after_seconds)
        )

        assert isinstance(error, LLMRateLimited)
        assert error.retry_after_seconds == pytest.approx(self.retry_after_seconds)
        assert len(backend.attempts) > 1

    async def test_a_limit_that_says_no_wait_is_told_without_one(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMRateLimited: *retry_after_seconds* is None where it did not say how long"""
        backend.limit()

        error = await error_of(llm_client, self.prompt(), self.context(seconds=2))

        assert isinstance(error, LLMRateLimited)
        assert error.retry_after_seconds is None

    async def test_who_is_not_patient_is_told_of_a_long_wait_at_once(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: where it is not, a long wait is reported at once"""
        backend.limit(retry_after_seconds=LONG_SECONDS)
        began = self.now()

        error = await error_of(llm_client, self.prompt(), self.context(seconds=2 * LONG_SECONDS))

        assert isinstance(error, LLMRateLimited)
        assert error.retry_after_seconds == pytest.approx(LONG_SECONDS)
        assert self.now() - began < SOON_SECONDS

    async def test_a_patient_call_waits_limits_out_however_many_there_are(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: limits (429) are waited out until then, however many attempts it takes"""
        wait = self.retry_after_seconds
        backend.limit(times=MANY_LIMITS, retry_after_seconds=wait)

        reply = await ask(llm_client, self.prompt(), self.context(seconds=5 + 20 * wait, is_patient=True))

        assert reply.text == ANSWER
        assert len(backend.attempts) == MANY_LIMITS + 1

    async def test_refused_content_is_not_tried_again(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: ContentFiltered and LLMRejected without a retry"""
        backend.refuse()

        error = await error_of(llm_client, self.prompt(), self.context())

        assert isinstance(error, ContentFiltered)
        assert len(backend.attempts) == 1

    async def test_a_rejected_call_is_not_tried_again(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: ContentFiltered and LLMRejected without a retry"""
        backend.reject()

        error = await error_of(llm_client, self.prompt(), self.context())

        assert isinstance(error, LLMRejected)
        assert len(backend.attempts) == 1

    @whatever_fails
    async def test_an_error_holds_no_word_of_the_provider_or_the_prompt(
        self, llm_client: LLMClient, backend: LLMBackend, direct: Direction
    ) -> None:
        """LLMClient.complete: No error holds a word of the provider's or of the prompt's"""
        direct(backend)

        said = everything_said_by(
            await error_of(llm_client, self.prompt(), self.context(seconds=self.short_seconds))
        )

        assert PROVIDERS_WORDS not in said
        assert WORDS not in said

    @whatever_fails
    async def test_a_call_that_failed_does_not_spoil_the_next(
        self, llm_client: LLMClient, backend: LLMBackend, direct: Direction
    ) -> None:
        """LLMClient.complete: Answer *prompt*"""
        direct(backend)
        await error_of(llm_client, self.prompt(), self.context(seconds=self.short_seconds))
        backend.reply("well again")

        reply = await ask(llm_client, self.prompt(), self.context())

        assert reply.text == "well again"
