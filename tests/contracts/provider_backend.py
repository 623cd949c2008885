"""The fake provider as the far end that the suite for LLM clients directs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from qfa_core.contracts.llm_backend import Attempt, LLMBackend
from tests.fakes.provider import FakeProvider
from tests.fakes.provider_replies import Behaviour, RecordedRequest, Reply, completion


class ProviderBackend(LLMBackend):
    """Perform what the suite directs as *provider*, in whatever format it is asked."""

    def __init__(self, provider: FakeProvider) -> None:
        super().__init__()
        self._requests: list[RecordedRequest] = []
        provider.choose = self._choose

    def _choose(self, request: RecordedRequest) -> Behaviour:
        self._requests.append(request)
        attempt = self.receive(f"{request.path}?{request.query} {request.headers} {json.dumps(request.body)}")
        return lambda _, __: _in_time(attempt, _OUTCOMES[attempt.outcome](request, attempt))

    async def given_up(self, number: int) -> None:
        for request in self._requests:
            await asyncio.to_thread(request.finished.wait, 5)
        for attempt, request in zip(self.attempts, self._requests, strict=True):
            attempt.is_given_up = request.hung_up
        await super().given_up(number)


def _in_time(attempt: Attempt, reply: Reply) -> Reply:
    if attempt.after_seconds is None:
        return replace(reply, manner="hang")
    return replace(reply, after_seconds=attempt.after_seconds)


def _answer(request: RecordedRequest, attempt: Attempt) -> Reply:
    return completion(request, attempt.text, finish="length" if attempt.is_cut else "stop")


def _limit(_: RecordedRequest, attempt: Attempt) -> Reply:
    wait = attempt.retry_after_seconds
    return _error(429, attempt, headers={} if wait is None else {"retry-after": str(wait)})


def _error(
    status: int, attempt: Attempt, *, code: str = "failed", headers: Mapping[str, str] | None = None
) -> Reply:
    body = {"error": {"code": code, "message": attempt.text}}
    return Reply(status, json.dumps(body).encode(), {"x-said": attempt.text, **(headers or {})})


_OUTCOMES: Mapping[str, Callable[[RecordedRequest, Attempt], Reply]] = {
    "reply": _answer,
    "limit": _limit,
    "fail": lambda _, attempt: _error(503, attempt),
    "drop": lambda request, attempt: replace(_answer(request, attempt), manner="drop"),
    "refuse": lambda _, attempt: _error(400, attempt, code="content_filter"),
    "reject": lambda _, attempt: _error(401, attempt),
    "babble": lambda _, attempt: Reply(body=attempt.text.encode()),
}
