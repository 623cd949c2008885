"""Asking the fake provider through the real client, without ever sleeping."""

from __future__ import annotations

import time
from typing import Any

from qfa_adapters.llm.client import HttpxLLMClient
from qfa_adapters.llm.connection import LLMConnection
from qfa_core.budget import Deadline, RequestContext
from qfa_core.errors import LLMError
from qfa_core.llm import Prompt
from qfa_core.secrets import Secret

KEY = "sk-CANARY-of-the-key"
TEXT = "CANARY-of-the-text: the well is dry"
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "score": {"type": "number"}},
    "required": ["title", "score"],
    "additionalProperties": False,
}
PROMPT = Prompt(task="summarize", system="CANARY-of-the-rules", user=TEXT, answer_schema=SCHEMA)
PROSE = Prompt(task="analyze", system="CANARY-of-the-rules", user=TEXT)


def timeout_seconds(behaviour: str) -> float:
    """How long an attempt may take: hardly any time for a provider that never comes to an end."""
    return 0.25 if behaviour in ("hang", "trickle") else 10.0


class Sleeps:
    """A sleep that only takes notes."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Leaps:
    """A clock, and a sleep that moves its hands and takes no time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def clock(self) -> float:
        return time.monotonic() + sum(self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


def context(
    *, seconds: float = 30.0, is_patient: bool = False, tenant_id: str = "tenant-7", request_number: int = 0
) -> RequestContext:
    """A request that has so many seconds left."""
    return RequestContext(
        tenant_id=tenant_id,
        operation="summarize",
        request_id=f"7e0d6a4e-0000-4000-8000-{request_number:012}",
        deadline=Deadline(expires_at=time.monotonic() + seconds),
        is_patient=is_patient,
    )


def connection(api_base: str, model: str = "openai/gpt-4o", **changes: Any) -> LLMConnection:
    """A connection to the fake provider."""
    settings = {"api_key": Secret(KEY), "timeout_seconds": 5.0, **changes}
    return LLMConnection(model=model, api_base=api_base, **settings)


def client(api_base: str, model: str = "openai/gpt-4o", **changes: Any) -> HttpxLLMClient:
    """A client of the fake provider; *changes* go to the client or to its connection, as they are named."""
    own = ("bearer_token", "refuse_token", "prices", "clock", "now", "sleep", "random")
    arguments = {name: changes.pop(name) for name in own if name in changes}
    arguments.setdefault("sleep", Sleeps())
    return HttpxLLMClient(connection(api_base, model, **changes), **arguments)


async def error_of(asking: HttpxLLMClient, prompt: Prompt = PROMPT, **changes: Any) -> LLMError:
    """Ask once, and return the error that must come of it."""
    try:
        reply = await asking.complete(prompt, context(**changes))
    except LLMError as error:
        return error
    raise AssertionError(f"answered in {len(reply.text)} characters")
