"""What every client of a language model promises of answers."""

from __future__ import annotations

import asyncio

from qfa_core.contracts.contract import needs
from qfa_core.contracts.llm_backend import PROVIDERS_WORDS, LLMBackend
from qfa_core.contracts.llm_suite import RULES, SCHEMA, WORDS, LLMClientSuite, ask, error_of, under_way
from qfa_core.errors import LLMAnswerUnusable
from qfa_core.ports.llm_client import LLMClient

AS_WRITTEN = 'Here you are:\n```json\n{"heading": "Ma\'jī – ماء 💧"}\n```\n'
CALLS = 12


class LLMAnswersContract(LLMClientSuite):
    """What comes back where the far end answers, and what it was told."""

    async def test_a_prompt_is_answered(self, llm_client: LLMClient) -> None:
        """LLMClient.complete: Answer *prompt*"""
        reply = await ask(llm_client, self.prompt(), self.context())

        assert reply.text.strip()
        assert reply.finish == "stop"

    async def test_the_client_and_its_reply_name_a_model(self, llm_client: LLMClient) -> None:
        """LLMClient.model: The model's name"""
        reply = await ask(llm_client, self.prompt(), self.context())

        assert llm_client.model.strip()
        assert reply.model.strip()

    async def test_tokens_and_cost_are_unknown_or_no_less_than_nothing(self, llm_client: LLMClient) -> None:
        """LLMReply: Tokens and *cost_usd* are None where unknown"""
        reply = await ask(llm_client, self.prompt(), self.context())

        for tokens in (reply.input_tokens, reply.output_tokens):
            assert tokens is None or (isinstance(tokens, int) and tokens >= 0)
        assert reply.cost_usd is None or 0 <= reply.cost_usd < float("inf")

    async def test_an_answer_is_as_the_model_wrote_it(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: The reply's text is as the model wrote it"""
        backend.reply(AS_WRITTEN)

        reply = await ask(llm_client, self.prompt(answer_schema=SCHEMA), self.context())

        assert reply.text == AS_WRITTEN

    async def test_an_empty_answer_is_unusable(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: LLMAnswerUnusable for an answer without text"""
        backend.reply("")

        assert isinstance(await error_of(llm_client, self.prompt(), self.context()), LLMAnswerUnusable)

    async def test_babble_is_unusable(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: LLMAnswerUnusable for an answer without text"""
        babble = f"<html>{PROVIDERS_WORDS}</html>", f'{{"answer": "{PROVIDERS_WORDS}', "null", "[" * 10_000
        for text in babble:
            backend.babble(text)

            assert isinstance(await error_of(llm_client, self.prompt(), self.context()), LLMAnswerUnusable)

    async def test_a_cut_answer_is_returned_and_says_so(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: but one that was cut is returned"""
        backend.cut("Water is the")

        reply = await ask(llm_client, self.prompt(), self.context())

        assert (reply.text, reply.finish) == ("Water is the", "length")

    async def test_a_cut_answer_may_be_empty(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: empty as it may be"""
        backend.cut("")

        reply = await ask(llm_client, self.prompt(), self.context())

        assert (reply.text, reply.finish) == ("", "length")

    async def test_rules_and_words_reach_the_far_end(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: Answer *prompt*"""
        await ask(llm_client, self.prompt(), self.context())

        (attempt,) = backend.attempts
        assert RULES in attempt.received
        assert WORDS in attempt.received

    @needs("passes_tenant_on")
    async def test_the_tenant_id_is_passed_on(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: The tenant id is passed on to the provider"""
        await ask(llm_client, self.prompt(), self.context(tenant_id="tenant-of-this-call"))

        assert "tenant-of-this-call" in backend.attempts[0].received

    async def test_nothing_else_of_the_context_leaves(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: nothing else of the context"""
        context = self.context(is_patient=True)

        await ask(llm_client, self.prompt(), context)

        secrets = context.request_id, context.operation, str(context.deadline.expires_at), "is_patient"
        assert [secret for secret in secrets if secret in backend.attempts[0].received] == []

    async def test_concurrent_calls_get_their_own_answers(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: Safe to call concurrently"""
        names = [f"matter-{number}-" for number in range(CALLS)]
        for number, name in enumerate(names):  # the first to ask is the last to be answered
            backend.reply(f"answer to {name}", to=name, after_seconds=0.005 * (CALLS - number))

        replies = await asyncio.gather(
            *(ask(llm_client, self.prompt(name), self.context()) for name in names)
        )

        assert [reply.text for reply in replies] == [f"answer to {name}" for name in names]

    async def test_cancelling_one_call_leaves_the_others_alone(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: Safe to call concurrently"""
        backend.reply("late", after_seconds=self.short_seconds)
        async with (
            under_way(llm_client, self.prompt(), self.context()) as one,
            under_way(llm_client, self.prompt(), self.context()) as other,
        ):
            await backend.arrived(2)
            one.cancel()
            await asyncio.wait((other,), timeout=self.grace_seconds + 1)

            assert other.done()
            assert other.result().text == "late"
