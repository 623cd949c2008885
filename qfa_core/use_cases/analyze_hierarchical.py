"""
Answer an analyst's question over a corpus of any size: read it chunk by chunk, combine what was noted.

What grows with the corpus is done in threads, or where an adapter does its work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from qfa_core.budget import RequestContext
from qfa_core.chunking import Chunk, by_breadth
from qfa_core.clusters import Clustering
from qfa_core.errors import AnalysisUnavailable, ContentFiltered, DeadlineExceeded, FeedbackTooLarge
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import Analysis, CodingTrends, Theme
from qfa_core.ports.clusterer import Clusterer
from qfa_core.ports.embedder import Embedder
from qfa_core.progress import OnProgress, ignore
from qfa_core.prompts.analyze_chunks import chunk_judge_prompt
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.prompts.combine import conclusion_prompt
from qfa_core.pseudonyms import REDACTED_IN_ANALYSES, restore, without_placeholders
from qfa_core.requests import AnalyzeRequest
from qfa_core.use_cases.combine_notes import Conclusion, NotesCombiner
from qfa_core.use_cases.concurrency import run_both
from qfa_core.use_cases.corpus import Corpus, cut_into_chunks, entries_of, with_repeated
from qfa_core.use_cases.ledger import confidence_of, filtered_in, ledger_of, notes_of
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.name_themes import ThemeNamer
from qfa_core.use_cases.phases import Phases
from qfa_core.use_cases.read_chunks import ChunkReader, Reading
from qfa_core.use_cases.uncertainty import uncertainty_of

ALL_FAILED = "Every part of the analysis failed."
NO_ROOM = "The question leaves too little of the token budget for feedback."
LEAST_ROOM_TOKENS = 100

# Of the time that is left when a phase begins; whoever runs over it is cut short, so that an answer gets out.
_SHARE_OF_CLUSTERING = 0.5
_SHARE_OF_READING = 0.75
_SHARE_OF_NAMING = 0.9
_SHARE_OF_JUDGING = 0.95


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What came of reading all chunks."""

    readings: Sequence[Reading]
    verdicts: Sequence[Verdict | None]
    conclusion: Conclusion


class AnalyzeHierarchical:
    """
    Answer a question over a corpus: embed, cluster, read the chunks, combine the notes, judge and name.

    On the critical path are the calls of the chunks, as many rounds as *max_concurrent_chunks* makes of
    them, one round a level of notes that do not fit into one call, and the conclusion.
    """

    def __init__(
        self,
        calls: LLMCalls,
        embedder: Embedder,
        clusterer: Clusterer,
        *,
        clock: Callable[[], float],
        target_chunk_tokens: int = 2000,
        max_concurrent_chunks: int = 64,
        min_cluster_size: int = 5,
    ) -> None:
        self._calls = calls
        self._embedder = embedder
        self._clusterer = clusterer
        self._clock = clock
        self._target_chunk_tokens = target_chunk_tokens
        self._max_concurrent_chunks = max_concurrent_chunks
        self._min_cluster_size = min_cluster_size

    async def __call__(
        self,
        records: Sequence[FeedbackRecord],
        request: AnalyzeRequest,
        context: RequestContext,
        *,
        trends: CodingTrends | None,
        on_progress: OnProgress = ignore,
    ) -> Analysis:
        """
        Analyse *records*, those of *request* that hold text; at least one.

        Chunks that fail or lack time are left out, and that is said; refused records are told apart.
        Raises FeedbackTooLarge for a question that leaves no room, AnalysisUnavailable without an embedder
        or with every chunk failed, ContentFiltered with all refused, DeadlineExceeded with none in time.
        """
        free = self._free_tokens(request)
        context = msgspec.structs.replace(context, is_patient=True)
        phases = Phases(self._clock, context, on_progress)
        with phases.phase("pseudonymise"):
            corpus = await self._corpus(records, request)
        clustering = await self._clustering(corpus, context, phases)
        with phases.phase("chunk"):
            chunks = await asyncio.to_thread(
                cut_into_chunks,
                corpus.entries,
                clustering,
                max_tokens=min(self._target_chunk_tokens, free * 5 // 8),
                budget=self._calls.budget,
            )
        read, themes = await run_both(
            self._read(corpus, chunks, trends, request, context, phases, note_tokens=free // 8),
            self._themes(corpus, clustering, request, context),
        )
        return await asyncio.to_thread(_analysis, request, corpus, read, themes)

    def _free_tokens(self, request: AnalyzeRequest) -> int:
        """Return what the longest of our own words and the question leave of one call."""
        budget, question = self._calls.budget, request.prompt
        prompts = (chunk_judge_prompt((), question, ""), conclusion_prompt((), question))
        free = budget.max_total_tokens - max(budget.tokens(prompt.system, prompt.user) for prompt in prompts)
        if free < LEAST_ROOM_TOKENS:
            raise FeedbackTooLarge(NO_ROOM)
        return free

    async def _corpus(self, records: Sequence[FeedbackRecord], request: AnalyzeRequest) -> Corpus:
        texts = [*(record.content for record in records), request.prompt]
        safe = await self._calls.pseudonymise(texts, anonymize=request.anonymize)
        *contents, question = safe.texts
        entries = await asyncio.to_thread(entries_of, records, contents)
        return Corpus(entries=entries, question=question, originals=safe.originals)

    async def _clustering(self, corpus: Corpus, context: RequestContext, phases: Phases) -> Clustering | None:
        """Return which texts belong together; None if half of the time would not do."""
        texts = await asyncio.to_thread(_meanings, corpus)
        try:
            async with self._calls.within_deadline(self._calls.for_a_while(context, _SHARE_OF_CLUSTERING)):
                with phases.phase("embed"):
                    embeddings = await self._embedder.embed(texts)
                with phases.phase("cluster"):
                    clustering = await self._clusterer.cluster(embeddings, min_size=self._min_cluster_size)
        except DeadlineExceeded:
            return None
        return await asyncio.to_thread(
            with_repeated, corpus.entries, clustering, min_size=self._min_cluster_size
        )

    async def _themes(
        self,
        corpus: Corpus,
        clustering: Clustering | None,
        request: AnalyzeRequest,
        context: RequestContext,
    ) -> tuple[Theme, ...] | None:
        if clustering is None:
            return None
        name = ThemeNamer(self._calls, output_language=request.output_language)
        return await name(corpus, clustering, self._calls.for_a_while(context, _SHARE_OF_NAMING))

    async def _read(
        self,
        corpus: Corpus,
        chunks: Sequence[Chunk],
        trends: CodingTrends | None,
        request: AnalyzeRequest,
        context: RequestContext,
        phases: Phases,
        *,
        note_tokens: int,
    ) -> _Read:
        """Read all chunks, then combine the notes while they are judged."""
        language = request.output_language
        reader = ChunkReader(
            self._calls,
            corpus,
            output_language=language,
            at_once=self._max_concurrent_chunks,
            note_tokens=note_tokens,
        )
        with phases.phase("map", len(chunks)) as on_read:
            reading = self._calls.for_a_while(context, _SHARE_OF_READING)
            readings = await reader.read(by_breadth(chunks), reading, on_read=on_read)
        readings.sort(key=lambda reading: reading.chunk[0].when)
        _require_any_analysed(readings)
        combiner = NotesCombiner(
            self._calls, corpus.question, output_language=language, note_tokens=note_tokens
        )

        async def conclude() -> Conclusion:
            with phases.phase("reduce"):
                return await combiner.conclude(notes_of(corpus, readings), trends, context)

        async def judge() -> list[Verdict | None]:
            with phases.phase("judge"):
                return await reader.judge(readings, self._calls.for_a_while(context, _SHARE_OF_JUDGING))

        conclusion, verdicts = await run_both(conclude(), judge())
        return _Read(readings=readings, verdicts=verdicts, conclusion=conclusion)


def _meanings(corpus: Corpus) -> list[str]:
    """Return what texts are compared by: placeholders would draw those together that name the same person."""
    return [without_placeholders(entry.text) for entry in corpus.entries]


def _require_any_analysed(readings: Sequence[Reading]) -> None:
    """Raise what stands for all, unless some chunk was analysed."""
    fates = {reading.fate for reading in readings}
    if "analysed" in fates:
        return
    if fates == {"filtered"}:
        found = {category for reading in readings for category in reading.categories}
        raise ContentFiltered(categories=tuple(sorted(found)))
    if fates == {"out_of_time"}:
        raise DeadlineExceeded
    raise AnalysisUnavailable(ALL_FAILED)


def _analysis(
    request: AnalyzeRequest, corpus: Corpus, read: _Read, themes: tuple[Theme, ...] | None
) -> Analysis:
    """Put the answer together, with the names of places back in the texts that a model wrote."""

    def restored(text: str) -> str:
        return restore(text, corpus.originals, redacted=REDACTED_IN_ANALYSES)

    ledger = ledger_of(len(request.records), corpus, read.readings)
    confidence = confidence_of(corpus, read.readings, read.verdicts)
    is_whole = read.conclusion.is_combined and not read.conclusion.is_cut
    uncertainty = uncertainty_of(
        read.readings, read.verdicts, read.conclusion, ledger, is_clustered=themes is not None
    )
    return Analysis(
        text=restored(read.conclusion.text),
        quality_score=confidence if is_whole else None,
        uncertainty_explanation=restored(uncertainty),
        record_count=ledger.analysed + ledger.duplicate,
        confidence=confidence,
        record_ledger=ledger,
        filtered_records=filtered_in(corpus, read.readings),
        themes=themes and tuple(_restored(theme, restored) for theme in themes),
    )


def _restored(theme: Theme, restored: Callable[[str], str]) -> Theme:
    """Return *theme* with names back in what a model wrote of it; ids are the caller's, and stay."""
    return msgspec.structs.replace(
        theme,
        title=theme.title and restored(theme.title),
        description=theme.description and restored(theme.description),
    )
