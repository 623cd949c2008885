from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest

from qfa_core import insights, tenancy, usage
from qfa_core.coding import AssignedCodes, Code, CodedLevel, CodePath
from qfa_core.errors import Fault
from qfa_core.insights import Analysis, CodingTrends, CorpusSummary, Sensitivity, SensitivityType, Summary
from qfa_http.wire.admin import KeysResponse, TenantsResponse
from qfa_http.wire.analyze import AnalyzeBulkResponse
from qfa_http.wire.assign_codes import AssignCodesResponse
from qfa_http.wire.detect_sensitive import DetectSensitiveResponse
from qfa_http.wire.errors import ErrorResponse
from qfa_http.wire.health import Dependency, DependencyState, HealthResponse, ReadyResponse
from qfa_http.wire.summarize import SummarizeBulkResponse, SummarizeResponse
from qfa_http.wire.usage import UsageByOperationResponse, UsageByTenantResponse, UsageResponse

RULE = "-" * 60
START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def sent(response: msgspec.Struct) -> Any:
    """Return what a caller reads, in the order in which it was written."""
    return json.loads(msgspec.json.encode(response))


def test_an_analysis_goes_out_with_every_field_in_the_contracts_order() -> None:
    cell = insights.TrendCell(code="Water", period="2024-W22", count=2)
    analysis = Analysis(
        text="People want water.",
        quality_score=0.82,
        uncertainty_explanation="Few records.",
        record_count=2,
        coding_trends=CodingTrends(periods=("2024-W22",), cells=(cell,)),
    )

    answer = sent(AnalyzeBulkResponse.from_core(analysis, request_id="r-1", output_language="es"))

    assert list(answer.items()) == [
        ("analysis", "People want water."),
        ("quality_score", 0.82),
        ("uncertainty_explanation", "Few records."),
        ("feedback_record_count", 2),
        ("request_id", "r-1"),
        ("confidence", None),
        (
            "coding_trends",
            {
                "periods": ["2024-W22"],
                "cells": [{"code": "Water", "period": "2024-W22", "count": 2}],
            },
        ),
        (
            "pretty_output",
            f"CALIDAD:        ●●●●○ 82%\nTÍTULO:         Analysis\nRESUMEN:\nPeople want water.\n{RULE}",
        ),
        ("record_ledger", None),
        ("filtered_records", []),
        ("themes", None),
    ]


def test_a_ledger_and_themes_go_out_with_their_days() -> None:
    theme = insights.Theme(
        title=None,
        description=None,
        record_count=3,
        share=0.75,
        record_ids=("F-1", "F-1"),
        first_seen=dt.date(2024, 6, 1),
    )
    analysis = Analysis(
        text="T",
        quality_score=None,
        uncertainty_explanation="",
        record_count=3,
        record_ledger=insights.RecordLedger(received=5, analysed=2, duplicate=1, filtered=1, failed=1),
        themes=(theme,),
    )

    answer = sent(AnalyzeBulkResponse.from_core(analysis, request_id="r", output_language=None))

    assert answer["record_ledger"] == {
        "received": 5, "analysed": 2, "blank": 0, "duplicate": 1, "filtered": 1, "failed": 1,
    }  # fmt: skip
    assert answer["themes"] == [
        {
            "title": None,
            "description": None,
            "record_count": 3,
            "share": 0.75,
            "record_ids": ["F-1", "F-1"],
            "first_seen": "2024-06-01",
            "last_seen": None,
        }
    ]


def test_an_analysis_without_dates_or_judge_says_null() -> None:
    analysis = Analysis(
        text="T", quality_score=None, uncertainty_explanation="", record_count=0, confidence=0.5
    )

    answer = sent(AnalyzeBulkResponse.from_core(analysis, request_id="r", output_language=None))

    assert (answer["quality_score"], answer["coding_trends"], answer["confidence"]) == (None, None, 0.5)


def test_a_summary_goes_out_in_the_contracts_order() -> None:
    summary = Summary(record_id="F-1", title="Pump", text="- Broken", quality_score=None)

    answer = sent(SummarizeResponse.from_core(summary, output_language="nl"))

    assert list(answer.items()) == [
        ("id", "F-1"),
        ("title", "Pump"),
        ("summary", "- Broken"),
        ("quality_score", None),
        ("pretty_output", f"Feedback-ID:    F-1\nTITEL:          Pump\nSAMENVATTING:\n- Broken\n{RULE}"),
    ]


def test_a_corpus_summary_goes_out_in_the_contracts_order() -> None:
    summary = CorpusSummary(record_ids=("F-1", "F-1"), title="Pump", text="- Broken", quality_score=0.0)

    answer = sent(SummarizeBulkResponse.from_core(summary, output_language=None))

    assert list(answer) == ["ids", "title", "summary", "quality_score", "pretty_output", "filtered_records"]
    assert answer["ids"] == ["F-1", "F-1"]
    assert answer["pretty_output"].startswith("IDs:            F-1, F-1\nQUALITY:        ○○○○○ 0%\n")


def coded(name: str, confidence: float) -> CodedLevel:
    return CodedLevel(code=Code(id=f"id of {name}", name=name), confidence=confidence, reason=f"about {name}")


def test_codes_go_out_best_first_with_nulls_for_levels_that_a_path_does_not_have() -> None:
    deep = CodePath(levels=(coded("A", 0.9), coded("B", 0.7), coded("C", 0.8)))
    short = CodePath(levels=(coded("D", 0.6),))

    answer = sent(AssignCodesResponse.from_core(AssignedCodes(record_id="F-1", paths=(deep, short))))

    assert list(answer["assigned_codes"][0].items()) == [
        ("coding_level_1_id", "id of A"),
        ("coding_level_1_name", "A"),
        ("coding_level_2_id", "id of B"),
        ("coding_level_2_name", "B"),
        ("coding_level_3_id", "id of C"),
        ("coding_level_3_name", "C"),
        ("confidence_level_1", 0.9),
        ("confidence_level_2", 0.7),
        ("confidence_level_3", 0.8),
        ("confidence_aggregate", 0.7),
        ("explanation", "A: about A\nB: about B\nC: about C"),
    ]
    assert answer["assigned_codes"][1] == dict.fromkeys(answer["assigned_codes"][0]) | {
        "coding_level_1_id": "id of D",
        "coding_level_1_name": "D",
        "confidence_level_1": 0.6,
        "confidence_aggregate": 0.6,
        "explanation": "D: about D",
    }


def test_where_no_code_applies_one_entry_says_why() -> None:
    assigned = AssignedCodes(record_id="F-1", explanation="NO CODING APPLIED.\nThe text was empty.")

    (entry,) = sent(AssignCodesResponse.from_core(assigned))["assigned_codes"]

    assert entry.pop("explanation") == "NO CODING APPLIED.\nThe text was empty."
    assert len(entry) == 10
    assert set(entry.values()) == {None}


def test_sensitive_content_goes_out_by_the_names_of_its_kinds() -> None:
    sensitivity = Sensitivity(
        record_id="F-1", is_sensitive=True, explanation="A bribe.", types=(SensitivityType.CORRUPTION,)
    )

    assert list(sent(DetectSensitiveResponse.from_core(sensitivity)).items()) == [
        ("id", "F-1"),
        ("is_sensitive", True),
        ("explanation", "A bribe."),
        ("sensitivity_types", ["CORRUPTION"]),
    ]


def totals(
    calls: int, tenant_id: str | None = None, operation: usage.Operation | None = None
) -> usage.UsageTotals:
    tokens = usage.Distribution(avg=10.5, min=1.0, max=20.0, p5=2.0, p95=19.0, total=21)
    requests = usage.Metrics(total_calls=calls, total_cost_usd=0.25, input_tokens=tokens)
    llm_calls = usage.Metrics(total_calls=2 * calls, failed_calls=1)
    return usage.UsageTotals(tenant_id=tenant_id, operation=operation, requests=requests, llm_calls=llm_calls)


METRICS = ["total_calls", "failed_calls", "total_cost_usd", "call_duration", "input_tokens", "output_tokens"]


def test_a_tenants_usage_goes_out_with_requests_llm_calls_operations_and_window() -> None:
    breakdown = usage.UsageBreakdown(totals=totals(3, "t-1"), parts=(totals(2, "t-1", "analyze"),))

    answer = sent(UsageResponse.from_core(breakdown, START, None))

    assert list(answer) == [*METRICS, "llm_call_stats", "tenant_id", "operations", "from", "to"]
    assert (answer["total_calls"], answer["total_cost_usd"], answer["tenant_id"]) == (3, 0.25, "t-1")
    assert list(answer["input_tokens"].items()) == [
        ("avg", 10.5),
        ("min", 1.0),
        ("max", 20.0),
        ("p5", 2.0),
        ("p95", 19.0),
        ("total", 21),
    ]
    assert list(answer["llm_call_stats"]) == METRICS
    assert (answer["llm_call_stats"]["total_calls"], answer["llm_call_stats"]["failed_calls"]) == (6, 1)
    assert list(answer["operations"][0]) == [*METRICS, "llm_call_stats", "operation"]
    assert (answer["operations"][0]["operation"], answer["operations"][0]["total_calls"]) == ("analyze", 2)
    assert (answer["from"], answer["to"]) == ("2024-01-01T00:00:00Z", None)


def test_usage_by_tenant_holds_each_tenant_and_a_total_without_one() -> None:
    group = usage.UsageBreakdown(totals=totals(1, "t-1"), parts=(totals(1, "t-1", "analyze"),))
    report = usage.UsageReport(groups=(group,), total=usage.UsageBreakdown(totals=totals(1)))

    answer = sent(UsageByTenantResponse.from_core(report, None, START))

    assert list(answer) == ["tenants", "total", "from", "to"]
    assert list(answer["tenants"][0]) == [*METRICS, "llm_call_stats", "tenant_id", "operations"]
    assert answer["tenants"][0]["operations"][0]["operation"] == "analyze"
    assert (answer["total"]["tenant_id"], answer["total"]["operations"]) == (None, [])
    assert (answer["from"], answer["to"]) == (None, "2024-01-01T00:00:00Z")


def test_usage_by_operation_holds_each_operation_and_a_total_without_one() -> None:
    group = usage.UsageBreakdown(totals=totals(1, operation="analyze"), parts=(totals(1, "t-1", "analyze"),))
    report = usage.UsageReport(groups=(group,), total=usage.UsageBreakdown(totals=totals(1)))

    answer = sent(UsageByOperationResponse.from_core(report, None, None))

    assert list(answer) == ["operations", "total", "from", "to"]
    assert list(answer["operations"][0]) == [*METRICS, "llm_call_stats", "operation", "tenants"]
    assert list(answer["operations"][0]["tenants"][0]) == [*METRICS, "llm_call_stats", "tenant_id"]
    assert answer["operations"][0]["tenants"][0]["tenant_id"] == "t-1"
    assert (answer["total"]["operation"], answer["total"]["tenants"]) == (None, [])


def test_tenants_and_keys_go_out_without_secrets() -> None:
    tenant = tenancy.Tenant(id="t-1", name="Kenya", allows_superusers=True)
    key = tenancy.ApiKey(id="k-1", name="CRM", tenant_id="t-1", is_superuser=True)

    assert sent(TenantsResponse.from_core([tenant])) == {
        "tenants": [{"tenant_id": "t-1", "name": "Kenya", "allows_superusers": True}]
    }
    assert sent(KeysResponse.from_core([key])) == {
        "auth_keys": [{"key_id": "k-1", "name": "CRM", "tenant_id": "t-1", "is_superuser": True}]
    }


def test_health_says_ok_and_the_version() -> None:
    assert list(sent(HealthResponse(version="1.2.3")).items()) == [("status", "ok"), ("version", "1.2.3")]


@pytest.mark.parametrize(
    ("state", "status"),
    [("ok", "ok"), ("not_configured", "ok"), ("degraded", "ok"), ("unavailable", "unavailable")],
)
def test_one_dependency_that_is_unavailable_makes_the_service_unready(
    state: DependencyState, status: str
) -> None:
    dependencies = [
        Dependency(name="llm", state="ok", embedded=True),
        Dependency(name="embedder", state=state, embedded=False),
    ]

    answer = sent(ReadyResponse.from_dependencies(dependencies, version="1"))

    assert answer["status"] == status
    assert answer["dependencies"][1] == {"name": "embedder", "state": state, "embedded": False}


def test_an_error_names_its_faults_and_has_no_fields_without_any() -> None:
    fault = Fault(field="prompt", issue="is required")

    refused = sent(ErrorResponse.of("validation_error", "No.", request_id="r-1", faults=[fault]))
    missing = sent(ErrorResponse.of("not_found", "No.", request_id="r-1"))

    assert refused["error"]["fields"] == [{"field": "prompt", "issue": "is required"}]
    assert missing == {"error": {"code": "not_found", "message": "No.", "request_id": "r-1"}}
