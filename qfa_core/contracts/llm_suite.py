"""What the parts of the suite for LLM clients share: fixtures, capabilities, and ways of asking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from qfa_core.budget import Deadline, RequestContext
from qfa_core.contracts.contract import Contract, not_given
from qfa_core.contracts.event_loop import ends_soon
from qfa_core.contracts.llm_backend import LLMBackend
from qfa_core.errors import LLMError
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient

RULES = "rules-of-the-analyst"
WORDS = "words-of-a-community-member"
SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string"}},
    "required": ["title"],
    "additionalProperties": False,
}

_PATIENCE_SECONDS = 5.0


class LLMClientSuite(Contract):
    """The capabilities of a client, and the two fixtures that its author gives."""

    supports_failures = True
    """Whether there is a far end that can fail; without one, as with a stand-in, no `backend` is needed."""

    passes_tenant_on = True
    """Whether the provider's format has a place for the tenant id."""

    sees_hang_ups = True
    """Whether the fake of the far end knows when its client has gone."""

    places: int | None = None
    """How many attempts the client lets go at a time; None where nobody has to wait for others."""

    retry_after_seconds = 0.05
    """The shortest wait that the provider's format can ask for."""

    short_seconds = 0.2
    """A deadline that is soon over, but long enough for an attempt."""

    a_moment_seconds = 0.1
    """After how long the far end would have seen an attempt that should not be."""

    grace_seconds = 0.5
    """How late an answer may be on a busy machine."""

    @pytest.fixture
    def backend(self) -> LLMBackend:
        """The far end of *llm_client*."""
        if not self.supports_failures:
            pytest.skip("supports_failures = False")
        not_given("backend", "supports_failures")

    def now(self) -> float:
        """Return what the clock says that the client reads deadlines on."""
        return time.monotonic()

    def prompt(self, words: str = WORDS, **changes: Any) -> Prompt:
        """Return a prompt over *words* that the client can answer."""
        return Prompt(**{"task": "summarize", "system": RULES, "user": words, **changes})

    def context(self, *, seconds: float = 5.0, **changes: Any) -> RequestContext:
        """Return the context of a request that has so many seconds left."""
        fields = {
            "tenant_id": "tenant-of-the-caller",
            "operation": "summarize_aggregate",
            "request_id": "7e0d6a4e-0000-4000-8000-000000000007",
            "deadline": Deadline(expires_at=self.now() + seconds),
        }
        return RequestContext(**{**fields, **changes})


async def ask(client: LLMClient, prompt: Prompt, context: RequestContext) -> LLMReply:
    """Ask, and fail where no end comes of it."""
    asking = asyncio.ensure_future(client.complete(prompt, context))
    done, _ = await asyncio.wait((asking,), timeout=_PATIENCE_SECONDS)
    if not done:
        asking.cancel()
        pytest.fail("The call did not end.")
    return asking.result()


async def error_of(client: LLMClient, prompt: Prompt, context: RequestContext) -> LLMError:
    """Ask, and return the error that must come of it."""
    try:
        await ask(client, prompt, context)
    except LLMError as error:
        return error
    pytest.fail("The call was answered.")


@asynccontextmanager
async def under_way(
    client: LLMClient, prompt: Prompt, context: RequestContext
) -> AsyncIterator[asyncio.Task[LLMReply]]:
    """Ask in a task that is over at the end, whatever happens."""
    asking: asyncio.Task[LLMReply] = asyncio.ensure_future(client.complete(prompt, context))
    try:
        yield asking
    finally:
        await ends_soon(asking, seconds=_PATIENCE_SECONDS)
