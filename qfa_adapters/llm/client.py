"""A language model over HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random as randomness
import time
from collections.abc import Awaitable, Callable, Mapping

import httpx
import msgspec

from qfa_adapters.llm.connection import LLMConnection
from qfa_adapters.llm.errors import HTTPX_ERRORS, Failure, failure_of, failure_of_status
from qfa_adapters.llm.pool import ConnectionPool, body_of
from qfa_adapters.llm.prices import PRICES, Price
from qfa_adapters.llm.pricing import Pricing
from qfa_adapters.llm.providers import bearer, provider_of, target_of
from qfa_adapters.llm.retries import Retries, retry_after_seconds
from qfa_adapters.llm.throttle import Throttle
from qfa_adapters.llm.wire import Answer
from qfa_core.budget import RequestContext
from qfa_core.errors import LLMError, LLMRateLimited, LLMTimeout
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient
from qfa_core.secrets import Secret

# What may be said here: model, status, attempt, request id. Never an address, a key or a text.
_log = logging.getLogger("qfa.llm")


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class HttpxLLMClient(LLMClient):
    """
    Ask any provider of `providers.PROVIDERS` over one pool of kept-alive connections.

    *bearer_token* hands out tokens in place of the key, and raises an LLMError where it has none;
    *refuse_token* is told of one that the provider did not accept.
    *clock* is the one that deadlines are read on; *now* is the time of day, with a time zone.
    Use it as an async context manager, or close it with `aclose`.
    Raises UnusableConnection where *connection* makes no sense.
    """

    def __init__(
        self,
        connection: LLMConnection,
        *,
        bearer_token: Callable[[], Awaitable[Secret]] | None = None,
        refuse_token: Callable[[Secret], None] = lambda _: None,
        prices: Mapping[str, Price] = PRICES,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = _utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._connection = connection
        self._provider = provider_of(connection.model)
        self._target = target_of(connection)
        self._bearer_token = bearer_token
        self._refuse_token = refuse_token
        self._pricing = Pricing(connection.model, prices)
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._random = random
        self._throttle = Throttle(
            connection.model, connection.max_concurrency, clock=clock, sleep=sleep, random=random
        )
        self._pool = ConnectionPool()

    async def __aenter__(self) -> HttpxLLMClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; calls under way fail."""
        self._throttle.close()
        await self._pool.aclose()

    def reconnect(self, connection: LLMConnection) -> None:
        """
        Ask as *connection* says from the next attempt on; its model and concurrency stay what they were.

        Raises UnusableConnection, and goes on as before, where it makes no sense.
        """
        self._target = target_of(connection)
        self._connection = connection

    @property
    def model(self) -> str:
        return self._connection.model

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        retries = Retries(is_patient=context.is_patient, random=self._random)
        attempt = 0
        while True:
            attempt += 1
            outcome = await self._attempt(prompt, context)
            if isinstance(outcome, Answer):
                return self._reply(outcome, context)
            self._log_failure(outcome, attempt, context)
            wait_seconds = retries.wait_seconds(outcome, context.deadline.remaining_seconds(self._clock()))
            if wait_seconds is None:
                # Raised here, outside of any handler, so that no provider's text hangs on as its context.
                raise outcome.error
            if wait_seconds:
                await self._sleep(wait_seconds)

    async def _attempt(self, prompt: Prompt, context: RequestContext) -> Answer | Failure:
        """Ask once; waiting for a free place counts towards the deadline, not towards the attempt."""
        remaining_seconds = context.deadline.remaining_seconds(self._clock())
        try:
            async with asyncio.timeout(remaining_seconds), self._throttle.place(context) as era:
                async with asyncio.timeout(self._connection.timeout_seconds):
                    outcome = await self._exchange(prompt, context)
                self._report(outcome, era)
                return outcome
        except TimeoutError:
            return Failure(error=LLMTimeout())
        except HTTPX_ERRORS as error:
            return failure_of(error)
        except LLMRateLimited as error:
            return Failure(error=error, retry_after_seconds=error.retry_after_seconds)
        except LLMError as error:
            return Failure(error=error)

    def _report(self, outcome: Answer | Failure, era: int) -> None:
        if isinstance(outcome, Answer):
            self._throttle.succeeded(era)
        elif outcome.is_limit:
            self._throttle.limited(era, outcome.retry_after_seconds)

    async def _exchange(self, prompt: Prompt, context: RequestContext) -> Answer | Failure:
        # Awaited first: what follows must be of one connection, which may change at any await.
        token = await self._bearer_token() if self._bearer_token else None
        payload = self._provider.payload(self._target, prompt, context.tenant_id)
        async with self._pool.post(
            self._provider.url(self._target),
            content=msgspec.json.encode(payload),
            # As UTF-8, because a key with a stray character is the provider's to refuse, not a crash here.
            headers=httpx.Headers(self._headers(token), encoding="utf-8"),
        ) as response:
            body = await body_of(response)
        if response.is_success:
            return self._provider.read(body)
        if token is not None and response.status_code == 401:
            self._refuse_token(token)
        wait_seconds = retry_after_seconds(response.headers, self._now())
        return failure_of_status(response.status_code, body, wait_seconds)

    def _headers(self, token: Secret | None) -> dict[str, str]:
        headers = {"content-type": "application/json"}
        if self._provider.version_header:
            headers[self._provider.version_header] = self._target.version
        if token is not None:
            return {**headers, **bearer(token)}
        key = self._connection.api_key
        return {**headers, **self._provider.key_headers(key)} if key else headers

    def _reply(self, answer: Answer, context: RequestContext) -> LLMReply:
        return LLMReply(
            text=answer.text,
            model=self.model,  # what a provider calls itself is its text: it sets the price, no more
            finish=answer.finish,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            cost_usd=self._pricing.cost_usd(answer, context.request_id),
        )

    def _log_failure(self, failure: Failure, attempt: int, context: RequestContext) -> None:
        # A limit that is waited out is the throttle's to tell, once for all whom it holds up.
        level = logging.DEBUG if context.is_patient and failure.is_limit else logging.WARNING
        _log.log(
            level,
            "LLM call to %s failed: attempt %d, status %s, %s.",
            self.model,
            attempt,
            failure.status,
            type(failure.error).__name__,
            extra={
                "request_id": context.request_id,
                "tenant_id": context.tenant_id,
                "operation": context.operation,
                "model": self.model,
                "attempt": attempt,
                "provider_status": failure.status,
                "failure": type(failure.error).__name__,
            },
        )
