"""A language model that says what a test tells it to."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.errors import LLMRateLimited, LLMTimeout
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient

Line: TypeAlias = "str | dict[str, object] | LLMReply | Exception"
Script: TypeAlias = "Mapping[str, Line | Iterable[Line]] | Callable[[Prompt], Line]"


class ScriptedLLMClient(LLMClient):
    """
    Answer by script, and remember what was asked.

    *script* is a function from the prompt to a line, or a mapping from the prompt's task to one
    line (repeated for ever) or to several (one a call). A line is prose, a dict (sent as JSON),
    a whole reply, or an error to raise, as if no retry were of any more use.

    Each answer takes *delay_seconds*; where *clock* is given, the one that deadlines are read on, LLMTimeout
    comes in its place once the deadline is over. More calls at once than *most_at_once* are limited.

    >>> client = ScriptedLLMClient({"summarize": {"title": "Water", "summary": "- no water"}})
    """

    def __init__(
        self,
        script: Script,
        *,
        delay_seconds: float = 0.0,
        model: str = "scripted",
        clock: Callable[[], float] | None = None,
        most_at_once: int | None = None,
    ) -> None:
        self._script = script
        self._queues: dict[str, list[Line]] = {}
        self._delay_seconds = delay_seconds
        self._model = model
        self._clock = clock
        self._most_at_once = most_at_once
        self._under_way = 0
        self.prompts: list[Prompt] = []
        self.contexts: list[RequestContext] = []
        self.cancelled = 0

    @property
    def model(self) -> str:
        return self._model

    def tasks(self) -> list[str]:
        """Return the tasks asked for, in order."""
        return [prompt.task for prompt in self.prompts]

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        self.prompts.append(prompt)
        self.contexts.append(context)
        if self._under_way == self._most_at_once:
            raise LLMRateLimited
        line = self._next_line(prompt)
        await self._take_time(context)
        if isinstance(line, Exception):
            raise line
        if isinstance(line, LLMReply):
            return line
        text = line if isinstance(line, str) else msgspec.json.encode(line).decode()
        return LLMReply(
            text=text, model=self._model, input_tokens=prompt.characters // 4, output_tokens=len(text) // 4
        )

    async def _take_time(self, context: RequestContext) -> None:
        left_seconds = math.inf if self._clock is None else context.deadline.remaining_seconds(self._clock())
        self._under_way += 1
        try:
            await asyncio.sleep(min(self._delay_seconds, left_seconds))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self._under_way -= 1
        if left_seconds <= self._delay_seconds:
            raise LLMTimeout

    def _next_line(self, prompt: Prompt) -> Line:
        if callable(self._script):
            return self._script(prompt)
        lines = self._script[prompt.task]
        if isinstance(lines, (str, dict, LLMReply, Exception)):
            return lines
        queue = self._queues.setdefault(prompt.task, list(lines))
        return queue.pop(0)
