"""Summarise one record, or many as one; many are cleaned and written into prompts aside."""

from __future__ import annotations

from collections.abc import Sequence

from qfa_core.analyst_prompt import refuse_injection
from qfa_core.budget import RequestContext
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import CorpusSummary, Summary
from qfa_core.prompts.summarize import (
    SummaryAnswer,
    corpus_summary_judge_prompt,
    corpus_summary_prompt,
    summary_judge_prompt,
    summary_prompt,
)
from qfa_core.pseudonyms import restore
from qfa_core.requests import SummarizeCorpusRequest, SummarizeRequest
from qfa_core.use_cases.aside import aside
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.past_the_filter import past_the_filter
from qfa_core.use_cases.readable_records import readable, with_contents

TOO_LARGE_ADVICE = "Send fewer records."


class Summarize:
    """Give one record a title and a bullet summary: one call, and one of a judge."""

    def __init__(self, calls: LLMCalls) -> None:
        self._calls = calls

    async def __call__(self, request: SummarizeRequest, context: RequestContext) -> Summary:
        """
        Summarise the record; a blank one gives the empty summary, scored 0, and asks nobody.

        Raises FeedbackTooLarge, DeadlineExceeded and LLMError; a failed judge costs the score only.
        """
        records = readable([request.record])
        if not records:
            return Summary(record_id=request.record.id, title="", text="", quality_score=0.0)
        async with self._calls.within_deadline(context):
            safe = await self._calls.pseudonymise([records[0].content])
            prompt = summary_prompt(safe.texts[0], output_language=request.output_language)
            answer = await self._calls.answer(prompt, SummaryAnswer, context)
            verdict = await self._calls.verdict(summary_judge_prompt(safe.texts[0], answer), context)
        return Summary(
            record_id=request.record.id,
            title=_one_line(restore(answer.title, safe.originals)),
            text=restore(answer.summary, safe.originals).strip(),
            quality_score=verdict.score if verdict else None,
        )


class SummarizeCorpus:
    """Give many records one summary: one call, and one of a judge."""

    def __init__(self, calls: LLMCalls) -> None:
        self._calls = calls

    async def __call__(self, request: SummarizeCorpusRequest, context: RequestContext) -> CorpusSummary:
        """
        Summarise the records that hold text; without any, return the empty summary and ask nobody.

        Raises PromptInjection, FeedbackTooLarge (before anything costly), DeadlineExceeded and LLMError;
        a failed judge costs the score only.
        """
        if request.prompt:
            refuse_injection(request.prompt)
        records = await aside(request.records, lambda: readable(request.records))
        if not records:
            return CorpusSummary(record_ids=(), title="", text="", quality_score=0.0)
        raw_prompt = await aside(records, lambda: corpus_summary_prompt(records, instruction=request.prompt))
        await self._calls.require_fit(raw_prompt, advice=TOO_LARGE_ADVICE)
        del raw_prompt  # as large as all records together
        async with self._calls.within_deadline(context):
            safe = await self._calls.pseudonymise([*(r.content for r in records), request.prompt or ""])
            *contents, instruction = safe.texts

            async def ask(some: Sequence[FeedbackRecord]) -> SummaryAnswer:
                prompt = await aside(
                    some,
                    lambda: corpus_summary_prompt(
                        some, instruction=instruction, output_language=request.output_language
                    ),
                )
                return await self._calls.answer(prompt, SummaryAnswer, context)

            safe_records = with_contents(records, contents)
            passed = await past_the_filter(self._calls, safe_records, ask, context)
            judged = await aside(
                passed.records,
                lambda: corpus_summary_judge_prompt(passed.records, passed.result, instruction=instruction),
            )
            verdict = await self._calls.verdict(judged, context)
        return CorpusSummary(
            record_ids=tuple(record.id for record in passed.records),
            title=_one_line(restore(passed.result.title, safe.originals)),
            text=restore(passed.result.summary, safe.originals).strip(),
            quality_score=verdict.score if verdict else None,
            filtered_records=passed.filtered,
        )


def _one_line(title: str) -> str:
    return " ".join(title.split())
