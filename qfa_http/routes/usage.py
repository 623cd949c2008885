"""The usage endpoints."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from qfa_core.tenancy import ApiKey
from qfa_core.use_cases.report_usage import ReportUsage
from qfa_http.wire.usage import UsageByOperationResponse, UsageByTenantResponse, UsageResponse
from qfa_http.wire.window import decode_window

Since = Annotated[str | None, QueryParameter(name="from")]
Until = Annotated[str | None, QueryParameter(name="to")]


@get("/v1/usage")
async def usage(
    report_usage: NamedDependency[ReportUsage],
    caller: NamedDependency[ApiKey],
    since: Since = None,
    until: Until = None,
) -> UsageResponse:
    """Return the usage of the caller's tenant."""
    window = decode_window(since, until)
    return UsageResponse.from_core(await report_usage.of_tenant(caller.tenant_id, *window), *window)


@get("/v1/usage/all/by-tenant")
async def usage_by_tenant(
    report_usage: NamedDependency[ReportUsage], since: Since = None, until: Until = None
) -> UsageByTenantResponse:
    """Return the usage of all tenants."""
    window = decode_window(since, until)
    return UsageByTenantResponse.from_core(await report_usage.by_tenant(*window), *window)


@get("/v1/usage/all/by-operation")
async def usage_by_operation(
    report_usage: NamedDependency[ReportUsage], since: Since = None, until: Until = None
) -> UsageByOperationResponse:
    """Return the usage of all operations."""
    window = decode_window(since, until)
    return UsageByOperationResponse.from_core(await report_usage.by_operation(*window), *window)


HANDLERS = (usage,)
SUPERUSER_HANDLERS = (usage_by_tenant, usage_by_operation)
