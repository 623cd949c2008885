"""Reading the chunks of a corpus side by side: notes on each, refused records found, notes judged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.chunking import Chunk, Part
from qfa_core.errors import ContentFiltered, DeadlineExceeded, FilterCategory, LLMError
from qfa_core.prompts.analyze_chunks import chunk_judge_prompt, chunk_prompt
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.pseudonyms import placeholders_in, without_strangers
from qfa_core.use_cases.concurrency import run_all
from qfa_core.use_cases.corpus import Corpus
from qfa_core.use_cases.halving import Halving
from qfa_core.use_cases.llm_calls import LLMCalls, Prose
from qfa_core.use_cases.shortening import shortened

MOST_HALVINGS = 200

Fate: TypeAlias = Literal["analysed", "filtered", "failed", "out_of_time"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a chunk: *notes* where it was analysed, else its fate, and what a filter found in it."""

    chunk: Chunk
    fate: Fate
    notes: Prose | None = None
    categories: tuple[FilterCategory, ...] = ()


class ChunkReader:
    """
    Ask one question over the chunks of one corpus, *at_once* calls at a time.

    Notes are cut to *note_tokens*, so that those on all chunks can be combined.
    """

    def __init__(
        self,
        calls: LLMCalls,
        corpus: Corpus,
        *,
        output_language: str | None,
        at_once: int,
        note_tokens: int,
    ) -> None:
        self._calls = calls
        self._corpus = corpus
        self._output_language = output_language
        self._note_tokens = note_tokens
        self._places = asyncio.Semaphore(at_once)
        self._halving = Halving(MOST_HALVINGS)

    async def read(
        self, chunks: Iterable[Chunk], context: RequestContext, *, on_read: Callable[[], None] = lambda: None
    ) -> list[Reading]:
        """
        Return what came of each chunk, in order, calling *on_read* after each; one that fails fails alone.

        One that the content filter refuses is halved until the refused records are found: it comes back as
        several. After so many halvings in one request whole rests are refused.
        """

        async def read(chunk: Chunk) -> list[Reading]:
            readings = await self._read(chunk, context)
            on_read()
            return readings

        readings = await run_all(map(read, chunks))
        return [reading for of_chunk in readings for reading in of_chunk]

    async def judge(self, readings: Sequence[Reading], context: RequestContext) -> list[Verdict | None]:
        """Return what a judge says of the notes of each reading; None where there are none, or no verdict."""
        return await run_all(self._judge(reading, context) for reading in readings)

    async def _read(self, chunk: Chunk, context: RequestContext) -> list[Reading]:
        async def read(parts: Sequence[Part]) -> Reading:
            return await self._read_once(tuple(parts), context)

        asked = await self._halving.ask(chunk, read)
        return [
            one.result
            or Reading(
                chunk=tuple(one.items),
                fate="filtered",
                categories=one.refusal.categories if one.refusal else (),
            )
            for one in asked
        ]

    async def _read_once(self, chunk: Chunk, context: RequestContext) -> Reading:
        """Return what came of a chunk; raises ContentFiltered where it is refused."""
        question = self._corpus.question
        prompt = chunk_prompt(_texts(chunk), question, output_language=self._output_language)
        try:
            async with self._calls.within_deadline(context), self._places:
                prose = await self._calls.prose(prompt, context)
        except ContentFiltered:
            raise
        except LLMError:
            return Reading(chunk=chunk, fate="failed")
        except DeadlineExceeded:
            return Reading(chunk=chunk, fate="out_of_time")
        return Reading(chunk=chunk, fate="analysed", notes=self._noted(prose, chunk))

    def _noted(self, prose: Prose, chunk: Chunk) -> Prose:
        text = shortened(prose.text, self._note_tokens, self._calls.budget)
        return Prose(text=self._familiar(text, chunk), is_cut=prose.is_cut)

    def _familiar(self, text: str, chunk: Chunk) -> str:
        """Return *text* without placeholders that stand for something outside of *chunk*."""
        texts = (self._corpus.entries[part.position].text for part in chunk)
        return without_strangers(text, placeholders_in((*texts, self._corpus.question)))

    async def _judge(self, reading: Reading, context: RequestContext) -> Verdict | None:
        if reading.notes is None or reading.notes.is_cut:
            return None
        prompt = chunk_judge_prompt(
            _texts(reading.chunk),
            self._corpus.question,
            reading.notes.text,
            output_language=self._output_language,
        )
        async with self._places:
            verdict = await self._calls.verdict(prompt, context)
        return verdict and Verdict(reason=self._familiar(verdict.reason, reading.chunk), score=verdict.score)


def _texts(chunk: Chunk) -> list[str]:
    return [part.text for part in chunk]
