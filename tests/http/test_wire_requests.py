from __future__ import annotations

import datetime as dt
import json
from typing import Any, TypeVar

import msgspec
import pytest

from qfa_core import requests
from qfa_core.coding import Code, CodingFramework
from qfa_core.feedback import FeedbackRecord
from qfa_http.wire.admin import CreateKeyRequest, CreateTenantRequest
from qfa_http.wire.analyze import AnalyzeBulkRequest
from qfa_http.wire.assign_codes import AssignCodesRequest
from qfa_http.wire.decoding import decode
from qfa_http.wire.detect_sensitive import DetectSensitiveRequest
from qfa_http.wire.summarize import SummarizeBulkRequest, SummarizeRequest

T = TypeVar("T", bound=msgspec.Struct)

CRM_RECORD: dict[str, Any] = {
    "content": "No water.",
    "id": "Form-07762",
    "metadata": {
        "created": "2024-06-01 12:00:00",
        "coding_level_1": "",
        "coding_level_2": "Water, Health",
        "coding_level_3": "",
    },
}
CORE_RECORD = FeedbackRecord(
    id="Form-07762",
    content="No water.",
    created=dt.datetime(2024, 6, 1, 12),
    coding_level_2="Water, Health",
)
CRM_BODY_ON_SAVING = {
    "feedback_record": CRM_RECORD,
    "coding_levels": {
        "root_codes": [
            {"id": "1", "name": "Requests", "children": [{"id": "1.1", "name": "WASH", "children": []}]}
        ]
    },
    "max_codes": 1,
    "confidence_threshold": 0.1,
}
CRM_BODY_ON_AN_INSIGHT = {
    "feedback_records": [CRM_RECORD],
    "prompt": "",
    "output_language": "",
    "selected_method": "summarize",
    "endpoint": "/v1/summarize-bulk",
}


def read(body: dict[str, Any], request_type: type[T]) -> T:
    return decode(json.dumps(body).encode(), request_type)


def test_the_body_that_the_crm_sends_on_saving_suits_all_three_endpoints() -> None:
    framework = CodingFramework(
        root_codes=(Code(id="1", name="Requests", children=(Code(id="1.1", name="WASH"),)),)
    )

    assert read(CRM_BODY_ON_SAVING, SummarizeRequest).to_core() == requests.SummarizeRequest(
        record=CORE_RECORD
    )
    assert read(CRM_BODY_ON_SAVING, DetectSensitiveRequest).to_core() == requests.DetectSensitiveRequest(
        record=CORE_RECORD
    )
    assert read(CRM_BODY_ON_SAVING, AssignCodesRequest).to_core() == requests.AssignCodesRequest(
        record=CORE_RECORD, framework=framework, max_codes=1, confidence_threshold=0.1
    )


def test_the_body_that_the_crm_sends_for_a_summary_means_no_prompt_and_no_language() -> None:
    request = read(CRM_BODY_ON_AN_INSIGHT, SummarizeBulkRequest).to_core()

    assert request == requests.SummarizeCorpusRequest(
        records=(CORE_RECORD,), prompt=None, output_language=None
    )


def test_the_body_that_the_crm_sends_for_an_analysis_takes_the_defaults() -> None:
    request = read(CRM_BODY_ON_AN_INSIGHT | {"prompt": "Why?"}, AnalyzeBulkRequest).to_core()

    assert request == requests.AnalyzeRequest(
        records=(CORE_RECORD,),
        prompt="Why?",
        output_language=None,
        mode="single_pass",
        period=None,
        anonymize=True,
    )


def test_everything_that_an_analyst_chooses_reaches_the_core() -> None:
    body = {
        "feedback_records": [{"id": "", "content": ""}],
        "prompt": " Why? ",
        "output_language": " brazilian  portuguese! ",
        "mode": "hierarchical",
        "period": "month",
        "anonymize": False,
    }

    assert read(body, AnalyzeBulkRequest).to_core() == requests.AnalyzeRequest(
        records=(FeedbackRecord(id="", content=""),),
        prompt=" Why? ",
        output_language="brazilian portuguese",
        mode="hierarchical",
        period="month",
        anonymize=False,
    )


@pytest.mark.parametrize("request_type", [SummarizeRequest, SummarizeBulkRequest, AnalyzeBulkRequest])
def test_the_output_language_is_cleaned_for_every_endpoint(request_type: Any) -> None:
    body = {"feedback_record": CRM_RECORD, "feedback_records": [CRM_RECORD], "prompt": "Why?"}

    request = read(body | {"output_language": "Dutch<1>"}, request_type).to_core()

    assert request.output_language == "Dutch"


def test_an_extra_instruction_reaches_the_core() -> None:
    request = read(CRM_BODY_ON_AN_INSIGHT | {"prompt": "Be brief."}, SummarizeBulkRequest).to_core()

    assert request.prompt == "Be brief."


@pytest.mark.parametrize("metadata", [{}, {"created": "yesterday"}, {"feedback_record_id": "old"}])
def test_metadata_may_be_missing_unreadable_or_deprecated(metadata: dict[str, str]) -> None:
    request = read({"feedback_record": {"id": "1", "content": "x", "metadata": metadata}}, SummarizeRequest)

    assert request.to_core().record == FeedbackRecord(id="1", content="x")


def test_new_tenants_and_keys_have_no_special_rights_unless_asked_for() -> None:
    assert read({"tenant_name": "Kenya"}, CreateTenantRequest) == CreateTenantRequest(
        tenant_name="Kenya", allows_superusers=False
    )
    assert read({"key_name": "CRM", "tenant_id": "t"}, CreateKeyRequest) == CreateKeyRequest(
        key_name="CRM", tenant_id="t", is_superuser=False
    )
