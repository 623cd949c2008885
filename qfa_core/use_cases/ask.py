"""The use cases put together, for whoever imports the library and wants an answer in a few lines."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias, overload

import msgspec

from qfa_core.budget import Deadline, RequestContext, TokenBudget
from qfa_core.coding import AssignedCodes
from qfa_core.insights import Analysis, CorpusSummary, Sensitivity, Summary
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.ports.llm_client import LLMClient
from qfa_core.requests import (
    AnalyzeRequest,
    AssignCodesRequest,
    DetectSensitiveRequest,
    SummarizeCorpusRequest,
    SummarizeRequest,
)
from qfa_core.usage import Operation
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.assign_codes import AssignCodes
from qfa_core.use_cases.detect_sensitive import DetectSensitive
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.summarize import Summarize, SummarizeCorpus

Request: TypeAlias = (
    AnalyzeRequest | SummarizeCorpusRequest | SummarizeRequest | AssignCodesRequest | DetectSensitiveRequest
)
Insight: TypeAlias = Analysis | CorpusSummary | Summary | AssignedCodes | Sensitivity


class _Way(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of request is accounted for as, and the use case that answers it."""

    operation: Operation
    use_case: Callable[[Any, RequestContext], Awaitable[Insight]]


class Ask:
    """
    Answer any request struct with the use case that it is meant for; keeps no state between requests.

    Every text is pseudonymised: raw ones never leave. What it does not offer (hierarchical mode,
    progress, contexts of one's own) is had by building the use case itself.

    The core has neither clock nor randomness of its own. This is the one place that names some, as defaults
    in plain sight: *clock* counts the seconds of deadlines, and *llm* must read them on the same one;
    *new_id* names requests.
    """

    def __init__(
        self,
        llm: LLMClient,
        anonymizer: Anonymizer,
        *,
        budget: TokenBudget | None = None,
        clock: Callable[[], float] = time.monotonic,
        new_id: Callable[[], object] = uuid.uuid4,
    ) -> None:
        self._clock = clock
        self._new_id = new_id
        self._ways = _ways(LLMCalls(llm, anonymizer, clock=clock, budget=budget or TokenBudget()))

    @overload
    async def __call__(
        self, request: AnalyzeRequest, *, tenant_id: str = ..., timeout_seconds: float = ...
    ) -> Analysis: ...

    @overload
    async def __call__(
        self, request: SummarizeCorpusRequest, *, tenant_id: str = ..., timeout_seconds: float = ...
    ) -> CorpusSummary: ...

    @overload
    async def __call__(
        self, request: SummarizeRequest, *, tenant_id: str = ..., timeout_seconds: float = ...
    ) -> Summary: ...

    @overload
    async def __call__(
        self, request: AssignCodesRequest, *, tenant_id: str = ..., timeout_seconds: float = ...
    ) -> AssignedCodes: ...

    @overload
    async def __call__(
        self, request: DetectSensitiveRequest, *, tenant_id: str = ..., timeout_seconds: float = ...
    ) -> Sensitivity: ...

    async def __call__(
        self, request: Request, *, tenant_id: str = "default", timeout_seconds: float = 120.0
    ) -> Insight:
        """
        Return what the use case makes of *request*, within *timeout_seconds*; any number may run at once.

        *tenant_id* is whom usage is accounted to, and is passed on to the model's provider.
        Raises what the use case raises, all of it under QFAError; TypeError for what is no request.
        """
        way = self._ways.get(type(request))
        if way is None:
            raise TypeError(f"{type(request).__name__} is not a request.")
        context = RequestContext(
            tenant_id=tenant_id,
            operation=way.operation,
            request_id=str(self._new_id()),
            deadline=Deadline(expires_at=self._clock() + timeout_seconds),
        )
        return await way.use_case(request, context)


def _ways(calls: LLMCalls) -> Mapping[type, _Way]:
    return {
        AnalyzeRequest: _Way(operation="analyze", use_case=Analyze(calls)),
        SummarizeCorpusRequest: _Way(operation="summarize_aggregate", use_case=SummarizeCorpus(calls)),
        SummarizeRequest: _Way(operation="summarize", use_case=Summarize(calls)),
        AssignCodesRequest: _Way(operation="assign_codes", use_case=AssignCodes(calls)),
        DetectSensitiveRequest: _Way(operation="detect_sensitive", use_case=DetectSensitive(calls)),
    }
