"""Corpora for the tests of the hierarchical analysis, and models that read them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from qfa_core.budget import RequestContext, TokenBudget
from qfa_core.fakes import GreedyClusterer, ScriptedLLMClient, WordEmbedder
from qfa_core.fakes.scripted_llm_client import Line
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import Analysis
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient
from qfa_core.progress import OnProgress, ignore
from qfa_core.prompts.envelope import Enveloped, open_envelopes
from qfa_core.requests import AnalyzeRequest
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.analyze_hierarchical import AnalyzeHierarchical
from tests.core.asking import CONTEXT, calls, record, verdict

QUESTION = "What is lacking?"
TOPICS = (
    "water pump broken dry well",
    "cash card blocked bank payment",
    "clinic medicine nurse queue closed",
)
SMALL_CHUNKS = 100

Script = Mapping[str, "Line | Callable[[Prompt], Line]"]


def corpus(size: int, *, topics: Sequence[str] = TOPICS) -> list[FeedbackRecord]:
    """Return records on *topics* in turn, each with a word of its own, one a day; ids are `r0`, `r1` …"""
    return [
        record(
            f"The {topics[n % len(topics)]} word{n}.",
            record_id=f"r{n}",
            created=f"2024-{1 + n // 28 % 12:02}-{1 + n % 28:02}",
            codes=topics[n % len(topics)].split()[0],
        )
        for n in range(size)
    ]


def reading(**script: Line | Callable[[Prompt], Line]) -> ScriptedLLMClient:
    """Return a model that reads whole corpora; *script* overrides what it answers to a task."""
    lines: dict[str, Any] = {
        "analyze_chunk": "Notes.",
        "judge_chunk": verdict(0.8),
        "combine_notes": "Combined notes.",
        "conclude_analysis": "Water is lacking.",
        "name_themes": named,
    } | script

    def answer(prompt: Prompt) -> Line:
        line = lines[prompt.task]
        return line(prompt) if callable(line) else line

    return ScriptedLLMClient(answer)


def named(prompt: Prompt) -> Line:
    """Name each group after the first words of its first record."""
    first: dict[str, str] = {}
    for envelope in open_envelopes("feedback_record", prompt.user):
        first.setdefault(envelope.attributes["group"], envelope.text)
    return {
        "themes": [
            {"label": label, "title": " ".join(text.split()[1:3]), "description": f"About {text}"}
            for label, text in first.items()
        ]
    }


def records_in(prompt: Prompt) -> list[Enveloped]:
    """Return the records that a prompt holds."""
    return open_envelopes("feedback_record", prompt.user)


def prompts(llm: ScriptedLLMClient, task: str) -> list[Prompt]:
    """Return what *llm* was asked of one kind, in order."""
    return [prompt for prompt in llm.prompts if prompt.task == task]


async def analyse(
    llm: LLMClient,
    records: Sequence[FeedbackRecord],
    *,
    question: str = QUESTION,
    context: RequestContext = CONTEXT,
    names: Mapping[str, str] | None = None,
    chunk_tokens: int = SMALL_CHUNKS,
    at_once: int = 64,
    max_total_tokens: int = 100_000,
    embedder: WordEmbedder | None = None,
    clusterer: GreedyClusterer | None = None,
    clock: Callable[[], float] = lambda: 0.0,
    on_progress: OnProgress = ignore,
) -> Analysis:
    """Analyse *records* hierarchically, in chunks so small that a few records make several."""
    shared = calls(llm, names=names, clock=clock, budget=TokenBudget(max_total_tokens=max_total_tokens))
    hierarchical = AnalyzeHierarchical(
        shared,
        embedder or WordEmbedder(),
        clusterer or GreedyClusterer(),
        clock=clock,
        target_chunk_tokens=chunk_tokens,
        max_concurrent_chunks=at_once,
        min_cluster_size=2,
    )
    request = AnalyzeRequest(records=tuple(records), prompt=question, mode="hierarchical")
    return await Analyze(shared, hierarchical=hierarchical)(request, context, on_progress=on_progress)


def refusing(holding: str, error: Exception, line: Line = "Notes.") -> Callable[[Prompt], Line]:
    """Return what raises *error* for prompts in which *holding* is found, and says *line* to others."""
    return lambda prompt: error if re.search(holding, prompt.user) else line


class SteppingLLMClient(LLMClient):
    """
    Answer as *client* does, but only when *step* lets a prompt go on.

    *under_way* counts the calls of each task that wait, *most* how many did at once.
    """

    def __init__(self, client: ScriptedLLMClient, step: Callable[[Prompt, SteppingLLMClient], Any]) -> None:
        self._client = client
        self._step = step
        self.changed = asyncio.Condition()
        self.under_way: dict[str, int] = {}
        self.most: dict[str, int] = {}

    @property
    def model(self) -> str:
        return self._client.model

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        task = prompt.task
        self.under_way[task] = self.under_way.get(task, 0) + 1
        self.most[task] = max(self.most.get(task, 0), self.under_way[task])
        async with self.changed:
            self.changed.notify_all()
            await self.changed.wait_for(lambda: self._step(prompt, self))
        self.under_way[task] -= 1
        return await self._client.complete(prompt, context)


def without(context: RequestContext, seconds: float) -> RequestContext:
    """Return *context* with so many seconds until its deadline, on a clock that shows 0."""
    return msgspec.structs.replace(
        context, deadline=msgspec.structs.replace(context.deadline, expires_at=seconds)
    )
