"""`GET /v1/usage` and `GET /v1/usage/all/…`."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, field

from qfa_core import usage
from qfa_core.usage import Operation

B = TypeVar("B", bound="Block")

Moment = Annotated[dt.datetime, Meta(tz=True)]
From = Annotated[Moment | None, Meta(description="Start of the window, included; null means no bound.")]
To = Annotated[Moment | None, Meta(description="End of the window, excluded; null means no bound.")]


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """How a figure spreads over successful rows; percentiles are interpolated."""

    avg: float
    min: float
    max: float
    p5: float
    p95: float
    total: int


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """Figures over API requests, or over LLM calls."""

    total_calls: int
    failed_calls: int
    total_cost_usd: float
    call_duration: Annotated[Distribution, Meta(description="In milliseconds.")]
    input_tokens: Distribution
    output_tokens: Distribution


class Block(Metrics, frozen=True, kw_only=True):
    """Figures in which one API request counts once."""

    llm_call_stats: Annotated[Metrics, Meta(description="The same, where one LLM call counts once.")]


class OperationShare(Block, frozen=True, kw_only=True):
    """A tenant's usage of one operation."""

    operation: Operation


class TenantShare(Block, frozen=True, kw_only=True):
    """One tenant's usage of an operation."""

    tenant_id: str


class TenantUsage(Block, frozen=True, kw_only=True):
    """Usage of one tenant, or of all where `tenant_id` is null."""

    tenant_id: str | None
    operations: tuple[OperationShare, ...]


class OperationUsage(Block, frozen=True, kw_only=True):
    """Usage of one operation, or of all where `operation` is null."""

    operation: Operation | None
    tenants: tuple[TenantShare, ...]


class UsageResponse(TenantUsage, frozen=True, kw_only=True):
    """Usage of the caller's tenant."""

    since: From = field(name="from")
    until: To = field(name="to")

    @classmethod
    def from_core(
        cls, tenant: usage.UsageBreakdown, since: dt.datetime | None, until: dt.datetime | None
    ) -> UsageResponse:
        """Return one tenant's usage, split by operation, as it goes out."""
        return _block(cls, tenant.totals, **_tenant_fields(tenant), since=since, until=until)


class UsageByTenantResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Usage of all tenants, tenant by tenant."""

    tenants: tuple[TenantUsage, ...]
    total: TenantUsage
    since: From = field(name="from")
    until: To = field(name="to")

    @classmethod
    def from_core(
        cls, report: usage.UsageReport, since: dt.datetime | None, until: dt.datetime | None
    ) -> UsageByTenantResponse:
        """Return a report whose groups are tenants as it goes out, in its order."""
        tenants = tuple(_tenant_usage(group) for group in report.groups)
        return cls(tenants=tenants, total=_tenant_usage(report.total), since=since, until=until)


class UsageByOperationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Usage of all tenants, operation by operation."""

    operations: tuple[OperationUsage, ...]
    total: OperationUsage
    since: From = field(name="from")
    until: To = field(name="to")

    @classmethod
    def from_core(
        cls, report: usage.UsageReport, since: dt.datetime | None, until: dt.datetime | None
    ) -> UsageByOperationResponse:
        """Return a report whose groups are operations as it goes out, in its order."""
        operations = tuple(_operation_usage(group) for group in report.groups)
        return cls(operations=operations, total=_operation_usage(report.total), since=since, until=until)


def _tenant_usage(tenant: usage.UsageBreakdown) -> TenantUsage:
    return _block(TenantUsage, tenant.totals, **_tenant_fields(tenant))


def _tenant_fields(tenant: usage.UsageBreakdown) -> dict[str, Any]:
    shares = tuple(_block(OperationShare, part, operation=part.operation) for part in tenant.parts)
    return {"tenant_id": tenant.totals.tenant_id, "operations": shares}


def _operation_usage(operation: usage.UsageBreakdown) -> OperationUsage:
    shares = tuple(_block(TenantShare, part, tenant_id=part.tenant_id) for part in operation.parts)
    return _block(OperationUsage, operation.totals, operation=operation.totals.operation, tenants=shares)


def _block(block: type[B], totals: usage.UsageTotals, **rest: Any) -> B:
    requests = msgspec.convert(totals.requests, Metrics, from_attributes=True)
    llm_calls = msgspec.convert(totals.llm_calls, Metrics, from_attributes=True)
    return block(**msgspec.structs.asdict(requests), llm_call_stats=llm_calls, **rest)
