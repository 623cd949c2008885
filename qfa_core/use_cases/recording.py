"""The LLM client that keeps account of another."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from qfa_core.budget import RequestContext
from qfa_core.errors import StoreUnavailable
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient
from qfa_core.ports.usage_store import UsageStore
from qfa_core.usage import LLMCall

_log = logging.getLogger("qfa.usage")


class RecordingLLMClient(LLMClient):
    """
    Record every call of *client* in *store*, however it ends, and change nothing about it.

    *store* must return at once (a buffer), since the call waits for it; where it is unavailable the row is
    lost and the call goes on. *clock* counts seconds; *now* has a time zone; *new_id* names rows.
    """

    def __init__(
        self,
        client: LLMClient,
        store: UsageStore,
        *,
        clock: Callable[[], float],
        now: Callable[[], dt.datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._client = client
        self._store = store
        self._clock = clock
        self._now = now
        self._new_id = new_id

    @property
    def model(self) -> str:
        return self._client.model

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        started_at, started = self._now(), self._clock()
        try:
            reply = await self._client.complete(prompt, context)
        except BaseException as error:  # whatever ends a call is recorded, and goes on rising
            await self._record(context, started_at, started, failure=_name(error))
            raise
        await self._record(context, started_at, started, reply=reply)
        return reply

    async def _record(
        self,
        context: RequestContext,
        started_at: dt.datetime,
        started: float,
        *,
        reply: LLMReply | None = None,
        failure: str | None = None,
    ) -> None:
        call = LLMCall(
            id=self._new_id(),
            request_id=context.request_id,
            tenant_id=context.tenant_id,
            operation=context.operation,
            model=reply.model if reply else self.model,
            started_at=started_at,
            duration_ms=round((self._clock() - started) * 1000),
            input_tokens=reply.input_tokens if reply else None,
            output_tokens=reply.output_tokens if reply else None,
            cost_usd=reply.cost_usd if reply else None,
            failure=failure,
        )
        try:
            await self._store.record((call,))
        except StoreUnavailable:
            _log.warning("The usage of one LLM call was lost.", extra=_facts(call))
        else:
            _log.debug("One LLM call ended.", extra=_facts(call))


def _facts(call: LLMCall) -> dict[str, str | float | None]:
    names = "request_id tenant_id operation model duration_ms input_tokens output_tokens cost_usd failure"
    return {name: getattr(call, name) for name in names.split()}


def _name(error: BaseException) -> str:
    return "Cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__
