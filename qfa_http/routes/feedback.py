"""The analysis endpoints: what community members said, and what to make of it."""

from __future__ import annotations

from litestar import post
from litestar.di import NamedDependency
from litestar.params import RawBody

from qfa_core.budget import RequestContext
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.assign_codes import AssignCodes
from qfa_core.use_cases.detect_sensitive import DetectSensitive
from qfa_core.use_cases.summarize import Summarize, SummarizeCorpus
from qfa_http.wire.analyze import AnalyzeBulkRequest, AnalyzeBulkResponse
from qfa_http.wire.assign_codes import AssignCodesRequest, AssignCodesResponse
from qfa_http.wire.decoding import decode_request
from qfa_http.wire.detect_sensitive import DetectSensitiveRequest, DetectSensitiveResponse
from qfa_http.wire.summarize import (
    SummarizeBulkRequest,
    SummarizeBulkResponse,
    SummarizeRequest,
    SummarizeResponse,
)


@post("/v1/analyze-bulk", status_code=200, operation="analyze")
async def analyze_bulk(
    body: RawBody, analyze: NamedDependency[Analyze], context: NamedDependency[RequestContext]
) -> AnalyzeBulkResponse:
    """Answer an analyst's question over many records."""
    request = await decode_request(body, AnalyzeBulkRequest)
    analysis = await analyze(request, context)
    return AnalyzeBulkResponse.from_core(
        analysis, request_id=context.request_id, output_language=request.output_language
    )


@post("/v1/summarize-bulk", status_code=200, operation="summarize_aggregate")
async def summarize_bulk(
    body: RawBody,
    summarize_corpus: NamedDependency[SummarizeCorpus],
    context: NamedDependency[RequestContext],
) -> SummarizeBulkResponse:
    """Summarise many records as one."""
    request = await decode_request(body, SummarizeBulkRequest)
    summary = await summarize_corpus(request, context)
    return SummarizeBulkResponse.from_core(summary, output_language=request.output_language)


@post("/v1/summarize", status_code=200, operation="summarize")
async def summarize_one(
    body: RawBody, summarize: NamedDependency[Summarize], context: NamedDependency[RequestContext]
) -> SummarizeResponse:
    """Summarise one record."""
    request = await decode_request(body, SummarizeRequest)
    summary = await summarize(request, context)
    return SummarizeResponse.from_core(summary, output_language=request.output_language)


@post("/v1/assign-codes", status_code=200, operation="assign_codes")
async def assign_codes_to_one(
    body: RawBody, assign_codes: NamedDependency[AssignCodes], context: NamedDependency[RequestContext]
) -> AssignCodesResponse:
    """Assign codes of the framework sent along to one record."""
    request = await decode_request(body, AssignCodesRequest)
    return AssignCodesResponse.from_core(await assign_codes(request, context))


@post("/v1/detect-sensitive", status_code=200, operation="detect_sensitive")
async def detect_sensitive_in_one(
    body: RawBody,
    detect_sensitive: NamedDependency[DetectSensitive],
    context: NamedDependency[RequestContext],
) -> DetectSensitiveResponse:
    """Flag one record if it discloses something sensitive."""
    request = await decode_request(body, DetectSensitiveRequest)
    return DetectSensitiveResponse.from_core(await detect_sensitive(request, context))


HANDLERS = (analyze_bulk, summarize_bulk, summarize_one, assign_codes_to_one, detect_sensitive_in_one)
