"""Usage reports: their shape and order; what the figures are is the stores' promise."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from qfa_core.errors import UsageStoreUnavailable
from qfa_core.fakes import InMemoryUsageStore
from qfa_core.usage import Distribution, LLMCall, Operation, UsageTotals
from qfa_core.use_cases.report_usage import ReportUsage

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
_ids = itertools.count()


def call(
    tenant: str,
    operation: Operation,
    cost: float,
    *,
    request: str | None = None,
    at: dt.datetime = NOON,
    failure: str | None = None,
) -> LLMCall:
    number = next(_ids)
    return LLMCall(
        id=f"row-{number}",
        request_id=request or f"request-{number}",
        tenant_id=tenant,
        operation=operation,
        model="gpt",
        started_at=at,
        duration_ms=100,
        input_tokens=10,
        output_tokens=5,
        cost_usd=cost,
        failure=failure,
    )


async def reporting(*calls: LLMCall) -> ReportUsage:
    store = InMemoryUsageStore()
    await store.record(calls)
    return ReportUsage(store)


async def some_usage() -> ReportUsage:
    return await reporting(
        call("nepal", "analyze", 30.0),
        call("kenya", "summarize", 1.0),
        call("kenya", "assign_codes", 2.0, request="coding"),
        call("kenya", "assign_codes", 2.0, request="coding", failure="LLMTimeout"),
        call("kenya", "detect_sensitive", 1.0),
        call("kenya", "analyze", 0.5),
    )


async def test_a_tenant_sees_its_own_usage_by_operation_the_dearest_first() -> None:
    usage = await (await some_usage()).of_tenant("kenya", None, None)

    assert (usage.totals.tenant_id, usage.totals.operation) == ("kenya", None)
    assert (usage.totals.requests.total_calls, usage.totals.llm_calls.total_calls) == (4, 5)
    assert usage.totals.requests.total_cost_usd == 6.5
    assert [(part.operation, part.requests.total_cost_usd) for part in usage.parts] == [
        ("assign_codes", 4.0),
        ("detect_sensitive", 1.0),
        ("summarize", 1.0),
        ("analyze", 0.5),
    ]


async def test_a_request_counts_once_and_its_llm_calls_one_by_one() -> None:
    usage = await (await some_usage()).of_tenant("kenya", None, None)

    coding = usage.parts[0]
    assert (coding.requests.total_calls, coding.requests.failed_calls) == (1, 0)
    assert (coding.llm_calls.total_calls, coding.llm_calls.failed_calls) == (2, 1)
    assert coding.requests.input_tokens == Distribution(avg=20, min=20, max=20, p5=20, p95=20, total=20)


async def test_tenants_come_by_name_each_by_operation() -> None:
    report = await (await some_usage()).by_tenant(None, None)

    assert [group.totals.tenant_id for group in report.groups] == ["kenya", "nepal"]
    assert [part.operation for part in report.groups[0].parts][:2] == ["assign_codes", "detect_sensitive"]
    assert [(part.operation, part.requests.total_calls) for part in report.groups[1].parts] == [
        ("analyze", 1)
    ]
    assert report.total.totals.tenant_id is None
    assert report.total.totals.requests.total_calls == 5
    assert [part.operation for part in report.total.parts] == [
        "analyze",
        "assign_codes",
        "detect_sensitive",
        "summarize",
    ]


async def test_operations_come_by_cost_each_by_tenant() -> None:
    report = await (await some_usage()).by_operation(None, None)

    assert [group.totals.operation for group in report.groups] == [
        "analyze",
        "assign_codes",
        "detect_sensitive",
        "summarize",
    ]
    assert [part.tenant_id for part in report.groups[0].parts] == ["nepal", "kenya"]
    assert report.total.totals.operation is None
    assert [(part.tenant_id, part.requests.total_cost_usd) for part in report.total.parts] == [
        ("nepal", 30.0),
        ("kenya", 6.5),
    ]


async def test_the_window_includes_its_beginning_and_not_its_end() -> None:
    usage = await reporting(
        call("kenya", "analyze", 1.0, at=NOON - HOUR),
        call("kenya", "analyze", 2.0, at=NOON),
        call("kenya", "analyze", 4.0, at=NOON + HOUR),
    )

    for report in (await usage.by_tenant(NOON, NOON + HOUR), await usage.by_operation(NOON, NOON + HOUR)):
        assert report.total.totals.requests.total_cost_usd == 2.0
        assert [group.totals.requests.total_cost_usd for group in report.groups] == [2.0]
    of_tenant = await usage.of_tenant("kenya", NOON, NOON + HOUR)
    assert of_tenant.totals.requests.total_cost_usd == 2.0
    assert [part.requests.total_cost_usd for part in of_tenant.parts] == [2.0]


async def test_an_empty_window_is_filled_with_zeros() -> None:
    usage, later = await some_usage(), NOON + HOUR

    for report in (await usage.by_tenant(later, None), await usage.by_operation(later, None)):
        assert (report.groups, report.total.parts) == ((), ())
        assert report.total.totals == UsageTotals()
    of_nobody = await usage.of_tenant("nobody", None, None)
    assert (of_nobody.totals, of_nobody.parts) == (UsageTotals(tenant_id="nobody"), ())


async def test_a_store_that_is_away_is_an_error_and_not_zeros() -> None:
    store = InMemoryUsageStore()
    store.available = False
    usage = ReportUsage(store)
    with pytest.raises(UsageStoreUnavailable):
        await usage.of_tenant("kenya", None, None)
    with pytest.raises(UsageStoreUnavailable):
        await usage.by_tenant(None, None)
    with pytest.raises(UsageStoreUnavailable):
        await usage.by_operation(None, None)
