"""A language model all of whose calls take the same time, counted in rounds instead of seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from qfa_core.budget import RequestContext
from qfa_core.fakes import ScriptedLLMClient
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient

T = TypeVar("T")

# More turns of the event loop than any use case needs to get from one call to the next.
TURNS_UNTIL_QUIET = 50


class RoundsLLMClient(LLMClient):
    """
    Answer as *client* does, but hold all calls until everybody waits, then let all go: one round.

    What could have been asked earlier but was not shows as a round more.
    """

    def __init__(self, client: ScriptedLLMClient) -> None:
        self._client = client
        self._waiting: list[asyncio.Future[None]] = []
        self.rounds = 0

    @property
    def model(self) -> str:
        return self._client.model

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn
        return await self._client.complete(prompt, context)

    async def play(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* to its end, round by round."""
        task = asyncio.create_task(work)
        while await self._everybody_waits(task):
            self.rounds += 1
            waiting, self._waiting = self._waiting, []
            for turn in waiting:
                if not turn.done():
                    turn.set_result(None)
        return await task

    async def _everybody_waits(self, task: asyncio.Task[Any]) -> bool:
        for _ in range(TURNS_UNTIL_QUIET):
            await asyncio.sleep(0)
        return not task.done()
