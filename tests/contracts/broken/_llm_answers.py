"""Clients of a language model that are wrong about answers, or about what they send."""

from __future__ import annotations

import asyncio

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.contracts import Attempt, LLMBackend
from qfa_core.errors import (
    LLMAnswerUnusable,
    LLMError,
)
from qfa_core.llm import LLMReply, Prompt
from tests.contracts.broken._honest_llm_client import HonestLLMClient
from tests.contracts.twins import Twins

TWINS = Twins()


@TWINS.fails()
class Honest(HonestLLMClient):
    """Has no bug: what twins are built from keeps every promise."""


@TWINS.fails("test_a_prompt_is_answered")
class AlwaysCut(HonestLLMClient):
    """Says of every answer that it was cut."""

    def reply(self, attempt: Attempt) -> LLMReply | LLMError:
        return super().reply(msgspec.structs.replace(attempt, is_cut=attempt.is_cut or bool(attempt.text)))


@TWINS.fails("test_the_client_and_its_reply_name_a_model")
class Nameless(HonestLLMClient):
    """Leaves the model's name out."""

    model = ""


@TWINS.fails("test_tokens_and_cost_are_unknown_or_no_less_than_nothing")
class SentinelTokens(HonestLLMClient):
    """Says -1 where the tokens are unknown."""

    def reply(self, attempt: Attempt) -> LLMReply | LLMError:
        reply = super().reply(attempt)
        return msgspec.structs.replace(reply, input_tokens=-1) if isinstance(reply, LLMReply) else reply


@TWINS.fails("test_an_answer_is_as_the_model_wrote_it")
class TidiedAnswer(HonestLLMClient):
    """Strips what the model wrote of space and fences."""

    def reply(self, attempt: Attempt) -> LLMReply | LLMError:
        return super().reply(msgspec.structs.replace(attempt, text=attempt.text.strip(" \n`")))


@TWINS.fails("test_an_empty_answer_is_unusable")
class EmptyAnswer(HonestLLMClient):
    """Returns an answer without text."""

    def reply(self, attempt: Attempt) -> LLMReply | LLMError:
        return LLMReply(text=attempt.text, model=self.model, finish="length" if attempt.is_cut else "stop")


@TWINS.fails(
    "test_babble_is_unusable",
    "test_an_error_holds_no_word_of_the_provider_or_the_prompt",
    "test_a_call_that_failed_does_not_spoil_the_next",
)
class BabbleAsAnswer(HonestLLMClient):
    """Takes whatever comes back for the answer."""

    def error(self, attempt: Attempt, prompt: Prompt) -> LLMReply | LLMError:
        return self.reply(attempt) if attempt.outcome == "babble" else super().error(attempt, prompt)


@TWINS.fails("test_a_cut_answer_is_returned_and_says_so", "test_a_cut_answer_may_be_empty")
class CutAsWhole(HonestLLMClient):
    """Passes a cut answer as a whole one."""

    def reply(self, attempt: Attempt) -> LLMReply | LLMError:
        reply = super().reply(attempt)
        return msgspec.structs.replace(reply, finish="stop") if isinstance(reply, LLMReply) else reply


@TWINS.fails("test_a_cut_answer_may_be_empty")
class EmptyCutRefused(HonestLLMClient):
    """Finds an answer unusable that was cut before its first word."""

    def reply(self, attempt: Attempt) -> LLMReply | LLMError:
        return super().reply(attempt) if attempt.text else LLMAnswerUnusable()


@TWINS.fails("test_rules_and_words_reach_the_far_end")
class LostRules(HonestLLMClient):
    """Sends the user's message only."""

    def sent(self, prompt: Prompt, context: RequestContext) -> str:
        return super().sent(msgspec.structs.replace(prompt, system=""), context)


@TWINS.fails("test_the_tenant_id_is_passed_on")
class LostTenant(HonestLLMClient):
    """Tells the provider nothing of the tenant."""

    def sent(self, prompt: Prompt, context: RequestContext) -> str:
        return f"{prompt.system} {prompt.user}"


@TWINS.fails("test_nothing_else_of_the_context_leaves")
class ContextSent(HonestLLMClient):
    """Sends the request's id along."""

    def sent(self, prompt: Prompt, context: RequestContext) -> str:
        return f"{context.request_id} {super().sent(prompt, context)}"


@TWINS.fails("test_concurrent_calls_get_their_own_answers")
class MixedUpAnswers(HonestLLMClient):
    """Keeps the prompt on itself, where the next call overwrites it."""

    def sent(self, prompt: Prompt, context: RequestContext) -> str:
        return super().sent(self.prompt, context)

    async def ask(self, prompt: Prompt, context: RequestContext) -> LLMReply | LLMError:
        self.prompt = prompt
        return await super().ask(prompt, context)


@TWINS.fails("test_cancelling_one_call_leaves_the_others_alone")
class SharedFate(HonestLLMClient):
    """Cancels every call when one is cancelled."""

    def __init__(self, backend: LLMBackend) -> None:
        super().__init__(backend)
        self.calls: set[asyncio.Task[object]] = set()

    async def ask(self, prompt: Prompt, context: RequestContext) -> LLMReply | LLMError:
        call = asyncio.current_task()
        assert call
        self.calls.add(call)
        try:
            return await super().ask(prompt, context)
        except asyncio.CancelledError:
            for other in self.calls - {call}:
                other.cancel()
            raise
        finally:
            self.calls.discard(call)
