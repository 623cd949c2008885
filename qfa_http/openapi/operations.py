"""What the service can be asked to do: the table that the OpenAPI document is made from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from qfa_http.wire.admin import (
    CreateKeyRequest,
    CreateKeyResponse,
    CreateTenantRequest,
    CreateTenantResponse,
    KeysResponse,
    TenantsResponse,
)
from qfa_http.wire.analyze import AnalyzeBulkRequest, AnalyzeBulkResponse
from qfa_http.wire.assign_codes import AssignCodesRequest, AssignCodesResponse
from qfa_http.wire.detect_sensitive import DetectSensitiveRequest, DetectSensitiveResponse
from qfa_http.wire.errors import ErrorCode
from qfa_http.wire.health import HealthResponse, ReadyResponse
from qfa_http.wire.summarize import (
    SummarizeBulkRequest,
    SummarizeBulkResponse,
    SummarizeRequest,
    SummarizeResponse,
)
from qfa_http.wire.usage import UsageByOperationResponse, UsageByTenantResponse, UsageResponse

Tag = Literal["Analysis", "Usage", "Administration", "Service"]
Access = Literal["anyone", "key", "superuser"]
Schema = Mapping[str, Any]

_TEXT: Schema = MappingProxyType({"type": "string"})
_TIME: Schema = MappingProxyType({"type": "string", "format": "date-time"})


class QueryParameter(msgspec.Struct, frozen=True):
    """A parameter after the `?`; none is required."""

    name: str
    description: str
    schema: Schema = _TEXT


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """
    One method of one path.

    *errors* are those of its own; the document adds what *access* and a body bring along.
    *response* None is an empty answer. *unready*: the answer's struct comes with 503 as well.
    """

    method: Literal["get", "post", "delete"]
    path: str
    tag: Tag
    summary: str
    description: str = ""
    access: Access = "key"
    query: tuple[QueryParameter, ...] = ()
    request: type | None = None
    status: int = 200
    response: type | None = None
    media_type: str = "application/json"
    unready: bool = False
    errors: tuple[ErrorCode, ...] = ()


_WINDOW = (
    QueryParameter("from", "Start of the window, included; ISO 8601 with a time zone.", _TIME),
    QueryParameter("to", "End of the window, excluded; later than `from`.", _TIME),
)
_ANALYSIS_ERRORS: tuple[ErrorCode, ...] = (
    "content_policy_violation",
    "llm_rate_limited",
    "llm_error",
    "analysis_unavailable",
    "analysis_timeout",
    "llm_timeout",
)
_BULK_ERRORS: tuple[ErrorCode, ...] = ("prompt_injection_detected", *_ANALYSIS_ERRORS)
_BLANK = "A record without text is no error: the answer is the empty result, and no LLM is asked."
_BLANKS = "Records without text are left out; with none left, the answer is the empty result."

OPERATIONS = (
    Operation(
        method="post",
        path="/v1/analyze-bulk",
        tag="Analysis",
        summary="Answer an analyst's question over many records",
        description=f"{_BLANKS} More than one LLM call can take is 413, unless `mode` is `hierarchical`.",
        request=AnalyzeBulkRequest,
        response=AnalyzeBulkResponse,
        errors=_BULK_ERRORS,
    ),
    Operation(
        method="post",
        path="/v1/summarize-bulk",
        tag="Analysis",
        summary="Summarise many records as one",
        description=_BLANKS,
        request=SummarizeBulkRequest,
        response=SummarizeBulkResponse,
        errors=_BULK_ERRORS,
    ),
    Operation(
        method="post",
        path="/v1/summarize",
        tag="Analysis",
        summary="Summarise one record",
        description=_BLANK,
        request=SummarizeRequest,
        response=SummarizeResponse,
        errors=_ANALYSIS_ERRORS,
    ),
    Operation(
        method="post",
        path="/v1/assign-codes",
        tag="Analysis",
        summary="Assign codes of a coding framework to one record",
        description="`assigned_codes` is never empty: where nothing applies, its one entry says why.",
        request=AssignCodesRequest,
        response=AssignCodesResponse,
        errors=_ANALYSIS_ERRORS,
    ),
    Operation(
        method="post",
        path="/v1/detect-sensitive",
        tag="Analysis",
        summary="Flag one record if it discloses something sensitive",
        description="A false alarm is preferred to a miss: a person has to look at what is flagged.",
        request=DetectSensitiveRequest,
        response=DetectSensitiveResponse,
        errors=_ANALYSIS_ERRORS,
    ),
    Operation(
        method="get",
        path="/v1/usage",
        tag="Usage",
        summary="Usage of the caller's tenant",
        query=_WINDOW,
        response=UsageResponse,
        errors=("validation_error",),
    ),
    Operation(
        method="get",
        path="/v1/usage/all/by-tenant",
        tag="Usage",
        summary="Usage of all tenants, tenant by tenant",
        access="superuser",
        query=_WINDOW,
        response=UsageByTenantResponse,
        errors=("validation_error",),
    ),
    Operation(
        method="get",
        path="/v1/usage/all/by-operation",
        tag="Usage",
        summary="Usage of all tenants, operation by operation",
        access="superuser",
        query=_WINDOW,
        response=UsageByOperationResponse,
        errors=("validation_error",),
    ),
    Operation(
        method="post",
        path="/v1/admin/tenants",
        tag="Administration",
        summary="Add a tenant",
        access="superuser",
        request=CreateTenantRequest,
        status=201,
        response=CreateTenantResponse,
        errors=("conflict",),
    ),
    Operation(
        method="get",
        path="/v1/admin/tenants",
        tag="Administration",
        summary="List the tenants",
        access="superuser",
        response=TenantsResponse,
    ),
    Operation(
        method="delete",
        path="/v1/admin/tenants/{tenant_id}",
        tag="Administration",
        summary="Remove a tenant and its keys",
        access="superuser",
        status=204,
        errors=("not_found",),
    ),
    Operation(
        method="post",
        path="/v1/admin/keys",
        tag="Administration",
        summary="Add an API key",
        description="The secret is in this answer and is never shown again.",
        access="superuser",
        request=CreateKeyRequest,
        status=201,
        response=CreateKeyResponse,
        errors=("not_found",),
    ),
    Operation(
        method="get",
        path="/v1/admin/keys",
        tag="Administration",
        summary="List the API keys, without secrets",
        access="superuser",
        query=(QueryParameter("tenant_id", "Only the keys of this tenant."),),
        response=KeysResponse,
    ),
    Operation(
        method="delete",
        path="/v1/admin/keys/{key_id}",
        tag="Administration",
        summary="Remove an API key",
        access="superuser",
        status=204,
        errors=("not_found",),
    ),
    Operation(
        method="get",
        path="/v1/health",
        tag="Service",
        summary="Whether the process answers",
        description="Touches neither the database nor the LLM.",
        access="anyone",
        response=HealthResponse,
    ),
    Operation(
        method="get",
        path="/v1/ready",
        tag="Service",
        summary="Whether the service can do its work",
        description="503 with the same body if a dependency is unavailable.",
        access="anyone",
        response=ReadyResponse,
        unready=True,
    ),
    Operation(
        method="get",
        path="/openapi.json",
        tag="Service",
        summary="This document",
        access="anyone",
        response=dict,
    ),
    Operation(
        method="get",
        path="/docs",
        tag="Service",
        summary="This document as a page",
        access="anyone",
        response=str,
        media_type="text/html",
    ),
)
