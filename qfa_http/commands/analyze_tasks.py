"""The tasks of `qfa analyze`: which use case does each, and what it is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from qfa_core import requests
from qfa_core.coding import AssignedCodes, CodingFramework
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import Analysis, AnalysisMode, CorpusSummary, Sensitivity, Summary, TrendPeriod
from qfa_core.usage import Operation

if TYPE_CHECKING:
    from qfa_http.container import Container

Insight: TypeAlias = Analysis | CorpusSummary | Summary | AssignedCodes | Sensitivity
UseCase: TypeAlias = Callable[..., Awaitable[Insight]]

DEFAULT_PROMPT = "Which themes come up most often, and what do community members ask for?"


class TaskOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen for a task, with what counts where nothing is."""

    prompt: str | None = None
    language: str | None = None
    mode: AnalysisMode = "single_pass"
    period: TrendPeriod | None = None
    framework: CodingFramework = CodingFramework(root_codes=())
    max_codes: int = 1
    threshold: float | None = None

    def chosen(self) -> set[str]:
        """Return the names of the options that are not as they would be anyway."""
        fields = msgspec.structs.fields(self)
        return {field.name for field in fields if getattr(self, field.name) != field.default}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """
    One kind of analysis.

    *requests* makes what is asked of the use case: one request for all records (*is_bulk*), or
    one a record, in their order. It *finds* one insight a request.
    *takes* and *needs* are the names of options. A use case that *tells_progress* takes `on_progress`.
    """

    operation: Operation
    use_case: Callable[[Container], UseCase]
    requests: Callable[[Sequence[FeedbackRecord], TaskOptions], Sequence[Any]]
    finds: type[Insight]
    is_bulk: bool = False
    tells_progress: bool = False
    takes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


def _analyze(records: Sequence[FeedbackRecord], options: TaskOptions) -> Sequence[Any]:
    request = requests.AnalyzeRequest(
        records=tuple(records),
        prompt=options.prompt or DEFAULT_PROMPT,
        output_language=options.language,
        mode=options.mode,
        period=options.period,
    )
    return [request]


def _summarize_bulk(records: Sequence[FeedbackRecord], options: TaskOptions) -> Sequence[Any]:
    request = requests.SummarizeCorpusRequest(
        records=tuple(records), prompt=options.prompt, output_language=options.language
    )
    return [request]


def _summarize(records: Sequence[FeedbackRecord], options: TaskOptions) -> Sequence[Any]:
    return [requests.SummarizeRequest(record=record, output_language=options.language) for record in records]


def _assign_codes(records: Sequence[FeedbackRecord], options: TaskOptions) -> Sequence[Any]:
    return [
        requests.AssignCodesRequest(
            record=record,
            framework=options.framework,
            max_codes=options.max_codes,
            confidence_threshold=options.threshold,
        )
        for record in records
    ]


def _detect_sensitive(records: Sequence[FeedbackRecord], _: TaskOptions) -> Sequence[Any]:
    return [requests.DetectSensitiveRequest(record=record) for record in records]


TASKS: Mapping[str, Task] = {
    "analyze": Task(
        operation="analyze",
        use_case=lambda container: container.analyze(),
        requests=_analyze,
        finds=Analysis,
        is_bulk=True,
        tells_progress=True,
        takes=frozenset({"prompt", "language", "mode", "period"}),
    ),
    "summarize-bulk": Task(
        operation="summarize_aggregate",
        use_case=lambda container: container.summarize_corpus(),
        requests=_summarize_bulk,
        finds=CorpusSummary,
        is_bulk=True,
        takes=frozenset({"prompt", "language"}),
    ),
    "summarize": Task(
        operation="summarize",
        use_case=lambda container: container.summarize(),
        requests=_summarize,
        finds=Summary,
        takes=frozenset({"language"}),
    ),
    "assign-codes": Task(
        operation="assign_codes",
        use_case=lambda container: container.assign_codes(),
        requests=_assign_codes,
        finds=AssignedCodes,
        takes=frozenset({"framework", "max_codes", "threshold"}),
        needs=frozenset({"framework"}),
    ),
    "detect-sensitive": Task(
        operation="detect_sensitive",
        use_case=lambda container: container.detect_sensitive(),
        requests=_detect_sensitive,
        finds=Sensitivity,
    ),
}
