"""Clients of a language model that are wrong about failures and limits."""

from __future__ import annotations

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.contracts import Attempt
from qfa_core.errors import (
    ContentFiltered,
    LLMError,
    LLMRateLimited,
    LLMRejected,
    LLMUnavailable,
)
from qfa_core.llm import LLMReply, Prompt
from tests.contracts.broken._honest_llm_client import BACKOFF_SECONDS, HonestLLMClient
from tests.contracts.twins import Twins

TWINS = Twins()


@TWINS.fails(
    "test_a_passing_failure_is_tried_again", "test_a_lasting_failure_is_tried_again_and_then_unavailable"
)
class NoRetry(HonestLLMClient):
    """Does not try again where the provider failed."""

    def wait_seconds(self, error: LLMError, number: int, context: RequestContext) -> float | None:
        return None if isinstance(error, LLMUnavailable) else super().wait_seconds(error, number, context)


@TWINS.fails(
    "test_a_passing_limit_is_tried_again",
    "test_a_lasting_limit_is_tried_again_and_then_told_with_its_wait",
)
class NoRetryOfLimits(HonestLLMClient):
    """Does not try again after a limit, except for the patient."""

    def wait_seconds(self, error: LLMError, number: int, context: RequestContext) -> float | None:
        is_given_up = isinstance(error, LLMRateLimited) and not context.is_patient
        return None if is_given_up else super().wait_seconds(error, number, context)


@TWINS.fails(
    "test_a_lasting_limit_is_tried_again_and_then_told_with_its_wait",
    "test_a_limit_that_says_no_wait_is_told_without_one",
    "test_who_is_not_patient_is_told_of_a_long_wait_at_once",
    "test_a_patient_call_does_not_wait_beyond_its_deadline",
)
class LimitAsUnavailable(HonestLLMClient):
    """Tells of a limit as of any failure."""

    async def ask(self, prompt: Prompt, context: RequestContext) -> LLMReply | LLMError:
        outcome = await super().ask(prompt, context)
        return LLMUnavailable() if isinstance(outcome, LLMRateLimited) else outcome


@TWINS.fails(
    "test_a_lasting_limit_is_tried_again_and_then_told_with_its_wait",
    "test_who_is_not_patient_is_told_of_a_long_wait_at_once",
)
class ForgottenWait(HonestLLMClient):
    """Does not pass on how long the provider asked to wait."""

    async def ask(self, prompt: Prompt, context: RequestContext) -> LLMReply | LLMError:
        outcome = await super().ask(prompt, context)
        return LLMRateLimited() if isinstance(outcome, LLMRateLimited) else outcome


@TWINS.fails("test_a_limit_that_says_no_wait_is_told_without_one")
class InventedWait(HonestLLMClient):
    """Makes up a wait where the provider said none."""

    def error(self, attempt: Attempt, prompt: Prompt) -> LLMReply | LLMError:
        wait_seconds = attempt.retry_after_seconds or BACKOFF_SECONDS
        return super().error(msgspec.structs.replace(attempt, retry_after_seconds=wait_seconds), prompt)


@TWINS.fails("test_who_is_not_patient_is_told_of_a_long_wait_at_once")
class StubbornWait(HonestLLMClient):
    """Waits for as long as the provider asks, up to a second or so, whoever may be waiting."""

    def wait_seconds(self, error: LLMError, number: int, context: RequestContext) -> float | None:
        wait_seconds = super().wait_seconds(error, number, context)
        is_long = isinstance(error, LLMRateLimited) and (error.retry_after_seconds or 0) > 1
        return 1.2 if is_long and not context.is_patient and number == 1 else wait_seconds


@TWINS.fails("test_a_patient_call_waits_limits_out_however_many_there_are")
class ImpatientPatience(HonestLLMClient):
    """Gives up on limits after as many attempts as on anything else."""

    def wait_seconds(self, error: LLMError, number: int, context: RequestContext) -> float | None:
        return super().wait_seconds(error, number, msgspec.structs.replace(context, is_patient=False))


@TWINS.fails("test_refused_content_is_not_tried_again")
class RetriedRefusal(HonestLLMClient):
    """Asks again what was refused on grounds of content."""

    def wait_seconds(self, error: LLMError, number: int, context: RequestContext) -> float | None:
        passing = LLMUnavailable() if isinstance(error, ContentFiltered) else error
        return super().wait_seconds(passing, number, context)


@TWINS.fails("test_a_rejected_call_is_not_tried_again")
class RetriedRejection(HonestLLMClient):
    """Sends again what the provider called malformed."""

    def wait_seconds(self, error: LLMError, number: int, context: RequestContext) -> float | None:
        passing = LLMUnavailable() if isinstance(error, LLMRejected) else error
        return super().wait_seconds(passing, number, context)


@TWINS.fails("test_an_error_holds_no_word_of_the_provider_or_the_prompt")
class LeakingMessage(HonestLLMClient):
    """Puts the provider's words into the error."""

    def error(self, attempt: Attempt, prompt: Prompt) -> LLMReply | LLMError:
        return LLMRejected(attempt.text) if attempt.outcome == "reject" else super().error(attempt, prompt)


@TWINS.fails("test_an_error_holds_no_word_of_the_provider_or_the_prompt")
class QuotedPrompt(HonestLLMClient):
    """Quotes what was asked in the error."""

    def error(self, attempt: Attempt, prompt: Prompt) -> LLMReply | LLMError:
        if attempt.outcome == "refuse":
            error = ContentFiltered()
            error.args = (f"Refused: {prompt.user}",)
            return error
        return super().error(attempt, prompt)


@TWINS.fails("test_an_error_holds_no_word_of_the_provider_or_the_prompt")
class ChainedCause(HonestLLMClient):
    """Chains the error of its library, which says what the provider said."""

    def error(self, attempt: Attempt, prompt: Prompt) -> LLMReply | LLMError:
        error = super().error(attempt, prompt)
        if isinstance(error, LLMError):
            error.__cause__ = ConnectionError(attempt.text)
        return error


@TWINS.fails("test_a_call_that_failed_does_not_spoil_the_next")
class HeldAgainst(HonestLLMClient):
    """Fails for good once it has failed."""

    failure: LLMError | None = None

    async def ask(self, prompt: Prompt, context: RequestContext) -> LLMReply | LLMError:
        outcome = self.failure or await super().ask(prompt, context)
        self.failure = outcome if isinstance(outcome, LLMError) else None
        return outcome
