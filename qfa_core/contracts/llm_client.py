"""What every client of a language model promises; the promises of time stand here."""

from __future__ import annotations

import asyncio

from qfa_core.budget import RequestContext
from qfa_core.contracts.contract import needs
from qfa_core.contracts.event_loop import ends_soon
from qfa_core.contracts.llm_answers import LLMAnswersContract
from qfa_core.contracts.llm_backend import LLMBackend
from qfa_core.contracts.llm_failures import LONG_SECONDS, LLMFailuresContract
from qfa_core.contracts.llm_suite import error_of, under_way
from qfa_core.errors import LLMError, LLMRateLimited, LLMTimeout
from qfa_core.ports.llm_client import LLMClient


class LLMClientContract(LLMAnswersContract, LLMFailuresContract):
    """
    The promises of an LLMClient.

    *llm_client* is one that asks *backend*, an `LLMBackend`: hand it to a fake of the provider, which calls
    `receive` for every attempt that arrives and performs what that returns. The client's own waits between
    retries should be of milliseconds. A client without a far end, such as a stand-in, says
    `supports_failures = False` and needs no *backend*.

    `passes_tenant_on` and `sees_hang_ups` say what the format and the fake can do, `places` how many attempts
    the client lets go at a time; `retry_after_seconds` is the shortest wait that the format can ask for.
    """

    async def test_no_answer_in_time_is_a_timeout(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: LLMTimeout or LLMUnavailable once retries are of no more use"""
        backend.stall()

        assert isinstance(
            await error_of(llm_client, self.prompt(), self.context(seconds=self.short_seconds)), LLMTimeout
        )

    async def test_a_call_ends_by_its_deadline(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: all attempts and waits together end before the context's deadline"""
        for is_patient in (False, True):
            for direct in (backend.stall, backend.fail, backend.limit):
                direct()
                context = self.context(seconds=self.short_seconds, is_patient=is_patient)

                await error_of(llm_client, self.prompt(), context)

                assert self.now() < context.deadline.expires_at + self.grace_seconds

    async def test_nothing_is_asked_after_the_deadline(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: all attempts and waits together end before the context's deadline"""
        backend.limit(retry_after_seconds=self.retry_after_seconds)
        await error_of(llm_client, self.prompt(), self.context(seconds=self.short_seconds, is_patient=True))
        asked = len(backend.attempts)

        error = await error_of(llm_client, self.prompt(), self.context(seconds=-1))
        await asyncio.sleep(max(self.a_moment_seconds, 2 * self.retry_after_seconds))

        assert isinstance(error, LLMError)
        assert len(backend.attempts) == asked

    async def test_a_patient_call_does_not_wait_beyond_its_deadline(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: limits (429) are waited out until then"""
        backend.limit(retry_after_seconds=LONG_SECONDS)
        context = self.context(seconds=self.short_seconds, is_patient=True)

        error = await error_of(llm_client, self.prompt(), context)

        assert isinstance(error, LLMRateLimited | LLMTimeout)
        assert self.now() < context.deadline.expires_at + self.grace_seconds

    async def test_a_cancelled_call_ends(self, llm_client: LLMClient, backend: LLMBackend) -> None:
        """LLMClient.complete: Cancelling ends the call"""
        backend.stall()
        async with under_way(llm_client, self.prompt(), self.context()) as call:
            await backend.arrived(1)

            assert await ends_soon(call, seconds=self.grace_seconds)
        await asyncio.sleep(self.a_moment_seconds)
        assert len(backend.attempts) == 1

    async def test_a_call_that_waits_for_a_limit_ends_when_it_is_cancelled(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: Cancelling ends the call"""
        backend.limit(times=1, retry_after_seconds=LONG_SECONDS)
        context = self.context(seconds=2 * LONG_SECONDS, is_patient=True)
        async with under_way(llm_client, self.prompt(), context) as call:
            await backend.arrived(1)
            await asyncio.sleep(self.a_moment_seconds)

            assert await ends_soon(call, seconds=self.grace_seconds)
        await asyncio.sleep(self.a_moment_seconds)
        assert len(backend.attempts) == 1

    @needs("sees_hang_ups")
    async def test_the_far_end_sees_a_cancelled_call_go(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: Cancelling ends the call"""
        backend.stall()
        async with under_way(llm_client, self.prompt(), self.context()) as call:
            await backend.arrived(1)
            call.cancel()

            await backend.given_up(1)

    @needs("places")
    async def test_a_tenant_does_not_wait_behind_all_calls_of_another(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: Patient calls wait their turn by tenant"""
        backend.reply("answer", after_seconds=0.01)
        one = self.context(is_patient=True, tenant_id="tenant-of-one-call")

        assert await self._attempts_until_answered(llm_client, backend, one) <= 4 * (self.places or 0)

    @needs("places")
    async def test_a_request_does_not_wait_behind_all_calls_of_another(
        self, llm_client: LLMClient, backend: LLMBackend
    ) -> None:
        """LLMClient.complete: then by request id"""
        backend.reply("answer", after_seconds=0.01)
        one = self.context(is_patient=True, request_id="7e0d6a4e-0000-4000-8000-000000000008")

        assert await self._attempts_until_answered(llm_client, backend, one) <= 4 * (self.places or 0)

    async def _attempts_until_answered(
        self, client: LLMClient, backend: LLMBackend, one: RequestContext
    ) -> int:
        """Let a call of *one* come behind many others; return how many attempts there were by its answer."""
        places, others = self.places or 0, self.context(is_patient=True)
        async with asyncio.TaskGroup() as group:
            for _ in range(6 * places):
                group.create_task(client.complete(self.prompt(), others))
            await backend.arrived(places)
            await client.complete(self.prompt(), one)
            return len(backend.attempts)
