"""What is told of API requests."""

from __future__ import annotations

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.requests import RequestSpans
from tests.adapters.telemetry.seeing import Seen

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
ANSWERED = {"duration_ms": 1500.0, "status": 200, "route": "/v1/summarize", "tenant_id": "tenant-7"}


@pytest.fixture
def seen() -> Seen:
    return Seen()


def watch(seen: Seen, facts: dict[str, str | int | float], traceparent: str | None = None) -> None:
    with RequestSpans(seen.tracer, seen.meter).watch("request-3", "POST", traceparent) as tell:
        tell(facts)


def test_a_span_tells_route_status_and_tenant(seen: Seen) -> None:
    watch(seen, ANSWERED)

    [span] = seen.spans()
    assert (span.name, span.kind) == ("POST /v1/summarize", SpanKind.SERVER)
    assert span.status.status_code is StatusCode.UNSET
    assert dict(span.attributes or {}) == {
        names.REQUEST_ID: "request-3",
        names.TENANT_ID: "tenant-7",
        names.HTTP_METHOD: "POST",
        names.HTTP_ROUTE: "/v1/summarize",
        names.HTTP_STATUS: 200,
    }


def test_a_request_joins_the_trace_of_its_caller(seen: Seen) -> None:
    watch(seen, ANSWERED, f"00-{TRACE}-{SPAN}-01")

    [span] = seen.spans()
    assert f"{span.context.trace_id:032x}" == TRACE
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == SPAN


@pytest.mark.parametrize("traceparent", ["", "canary", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01-x"])
def test_what_names_no_trace_is_passed_over(seen: Seen, traceparent: str) -> None:
    watch(seen, ANSWERED, traceparent)

    [span] = seen.spans()
    assert span.parent is None
    assert "canary" not in seen.everything()


def test_a_refusal_has_its_code_and_is_no_failure_of_ours(seen: Seen) -> None:
    watch(seen, {**ANSWERED, "status": 422, "error_code": "validation_error"})

    [span], [duration] = seen.spans(), seen.measured(names.REQUEST_DURATION)
    assert (span.attributes or {})[names.ERROR_CODE] == "validation_error"
    assert span.status.status_code is StatusCode.UNSET
    assert duration.attributes[names.ERROR_TYPE] == "validation_error"


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({**ANSWERED, "status": 502, "error_code": "llm_error"}, "llm_error"),
        ({**ANSWERED, "status": 500}, "500"),
        ({"duration_ms": 3.0}, "HungUp"),
    ],
)
def test_what_went_wrong_here_or_had_no_answer_has_failed(
    seen: Seen, facts: dict[str, str | int | float], error: str
) -> None:
    watch(seen, facts)

    [span] = seen.spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})[names.ERROR] == error


def test_durations_are_measured_in_seconds_by_route(seen: Seen) -> None:
    watch(seen, ANSWERED)
    watch(seen, ANSWERED)

    [duration] = seen.measured(names.REQUEST_DURATION)
    assert (duration.value, duration.count) == (3.0, 2)
    assert duration.attributes == {
        names.HTTP_METHOD: "POST",
        names.HTTP_ROUTE: "/v1/summarize",
        names.HTTP_STATUS: 200,
    }
