"""
Answer an analyst's question over many records.

Ten thousand records take a tenth of a second to clean, count or write into a prompt: that is done aside.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qfa_core.analyst_prompt import refuse_injection
from qfa_core.budget import RequestContext
from qfa_core.errors import AnalysisUnavailable
from qfa_core.feedback import CODING_LEVEL_FIELDS, FeedbackRecord
from qfa_core.insights import Analysis, CodingTrends, RecordLedger, TrendPeriod
from qfa_core.progress import OnProgress, ignore
from qfa_core.prompts.analyze import analysis_judge_prompt, analysis_prompt
from qfa_core.pseudonyms import REDACTED_IN_ANALYSES, restore
from qfa_core.requests import AnalyzeRequest
from qfa_core.trends import coding_trends
from qfa_core.use_cases.analyze_hierarchical import AnalyzeHierarchical
from qfa_core.use_cases.aside import aside
from qfa_core.use_cases.llm_calls import LLMCalls, Prose
from qfa_core.use_cases.past_the_filter import past_the_filter
from qfa_core.use_cases.readable_records import readable, with_contents
from qfa_core.use_cases.uncertainty import refused_records

DISCLAIMER = (
    "This analysis was made by an AI system from community feedback. A person must review it before it is "
    "used. Names were redacted: <PERSON_1>, <PERSON_2> and so on stand for people."
)
TOO_LARGE_ADVICE = 'Send fewer records, or ask for "mode": "hierarchical".'
NO_RECORDS = "No feedback record holds any text."
NOT_HIERARCHICAL = "Hierarchical analysis is not available in this deployment."
NOT_SCORED = "The quality of this analysis could not be scored."


class Analyze:
    """
    Answer a question over many records: one analysis call, one judge call.

    Corpora beyond one call are left to *hierarchical*, where the deployment has it. Coding trends do not
    tell what fewer than *min_group* records carry.
    """

    def __init__(
        self,
        calls: LLMCalls,
        *,
        hierarchical: AnalyzeHierarchical | None = None,
        default_period: TrendPeriod = "week",
        code_fields: Sequence[str] = CODING_LEVEL_FIELDS,
        min_group: int = 1,
    ) -> None:
        self._calls = calls
        self._hierarchical = hierarchical
        self._default_period = default_period
        self._code_fields = tuple(code_fields)
        self._min_group = min_group

    async def __call__(
        self, request: AnalyzeRequest, context: RequestContext, *, on_progress: OnProgress = ignore
    ) -> Analysis:
        """
        Analyse the records that hold text; without any, return the empty analysis and ask nobody.

        Raises PromptInjection, FeedbackTooLarge (before anything costly), AnalysisUnavailable for a mode
        that this deployment lacks, DeadlineExceeded, and LLMError; a failed judge costs the score only.
        """
        refuse_injection(request.prompt)
        records = await aside(request.records, lambda: readable(request.records))
        if not records:
            return _nothing_to_analyse(request)
        period = request.period or self._default_period
        trends = await aside(records, lambda: self._trends(records, period))
        async with self._calls.within_deadline(context):
            if request.mode == "single_pass":
                analysis = await self._single_pass(records, request, context)
            elif self._hierarchical is not None:
                analysis = await self._hierarchical(
                    records, request, context, trends=trends, on_progress=on_progress
                )
            else:
                raise AnalysisUnavailable(NOT_HIERARCHICAL)
        return msgspec.structs.replace(
            analysis, text=f"{DISCLAIMER}\n\n{analysis.text}", coding_trends=trends
        )

    def _trends(self, records: Sequence[FeedbackRecord], period: TrendPeriod) -> CodingTrends | None:
        return coding_trends(records, period, code_fields=self._code_fields, min_group=self._min_group)

    async def _single_pass(
        self, records: Sequence[FeedbackRecord], request: AnalyzeRequest, context: RequestContext
    ) -> Analysis:
        language = request.output_language
        raw_prompt = await aside(records, lambda: analysis_prompt(records, request.prompt))
        await self._calls.require_fit(raw_prompt, advice=TOO_LARGE_ADVICE)
        del raw_prompt  # as large as all records together
        texts = [record.content for record in records]
        safe = await self._calls.pseudonymise([*texts, request.prompt], anonymize=request.anonymize)
        *contents, question = safe.texts

        async def ask(some: Sequence[FeedbackRecord]) -> Prose:
            prompt = await aside(some, lambda: analysis_prompt(some, question, output_language=language))
            return await self._calls.prose(prompt, context)

        safe_records = with_contents(records, contents)
        passed = await past_the_filter(self._calls, safe_records, ask, context)
        prose = passed.result
        judged = await aside(
            passed.records,
            lambda: analysis_judge_prompt(passed.records, question, prose.text, output_language=language),
        )
        verdict = None if prose.is_cut else await self._calls.verdict(judged, context)
        uncertainty = [verdict.reason if verdict else NOT_SCORED]
        if passed.filtered:
            uncertainty.append(refused_records(len(passed.filtered)))
        analysis = Analysis(
            text=prose.text,
            quality_score=verdict.score if verdict else None,
            uncertainty_explanation=" ".join(uncertainty),
            record_count=len(passed.records),
            record_ledger=RecordLedger(
                received=len(request.records),
                analysed=len(passed.records),
                blank=len(request.records) - len(records),
                filtered=len(passed.filtered),
            ),
        )
        analysis = restore(analysis, safe.originals, redacted=REDACTED_IN_ANALYSES)
        return msgspec.structs.replace(analysis, filtered_records=passed.filtered)


def _nothing_to_analyse(request: AnalyzeRequest) -> Analysis:
    return Analysis(
        text=DISCLAIMER,
        quality_score=None,
        uncertainty_explanation=NO_RECORDS,
        record_count=0,
        record_ledger=RecordLedger(received=len(request.records), blank=len(request.records)),
    )
