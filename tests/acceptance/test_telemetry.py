"""What the real service tells a collector: all that it does, and never a word of anybody."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from qfa_adapters.telemetry import names
from tests.acceptance.canaries import CANARIES, CANARY, HEADERS, SINGLE, as_the_record_says, ask_everything
from tests.acceptance.service import environment, model_at, running
from tests.fakes.provider import FakeProvider
from tests.fakes.telemetry_sink import Mood, TelemetrySink

AT_ONCE_SECONDS = 10.0


class Told(msgspec.Struct):
    """What a collector was told by a service that was asked everything, and then stopped."""

    sink: TelemetrySink
    ids: dict[str, str]
    log: str
    status: int


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Return what one sink was told in both ways, by OTLP and as Application Insights wants it."""
    with TelemetrySink() as sink, FakeProvider(as_the_record_says) as provider:
        provider.script("summarize", {"title": CANARY, "summary": CANARY})
        settings = {
            **model_at(provider.url),
            "OTEL_EXPORTER_OTLP_ENDPOINT": sink.url,
            "APPLICATIONINSIGHTS_CONNECTION_STRING": sink.connection_string,
            "LLM_TIMEOUT_SECONDS": "2",
        }
        with running(tmp_path_factory.mktemp("service"), **settings) as service:
            ids = ask_everything(service)
            status = service.stop()
            yield Told(sink, ids, service.log(), status)


def test_no_word_of_anybody_and_no_key_is_told(both: Told) -> None:
    everything = both.sink.everything()

    assert all(request_id in everything for request_id in both.ids.values())
    for canary in CANARIES:
        assert canary not in everything
        assert canary not in both.log


def test_all_is_told_before_the_end_which_is_in_good_order(both: Told) -> None:
    everything = both.sink.everything()

    assert both.status == 0
    assert "Waiting for application shutdown." in everything
    assert names.LLM_TOKENS in everything
    assert "Telemetry is lost" not in both.log


def test_one_id_joins_the_request_its_calls_and_its_line(both: Told) -> None:
    request_id = both.ids["/v1/summarize"]

    spans = [span for span in both.sink.spans() if span.attributes.get(names.REQUEST_ID) == request_id]
    lines = [line for line in both.sink.lines() if line.attributes.get(names.REQUEST_ID) == request_id]
    [request] = [span for span in spans if span.name == "POST /v1/summarize"]
    calls = [span for span in spans if span.name.startswith("chat ")]
    assert [call.attributes[names.TASK] for call in calls] == ["summarize", "judge_summary"]
    assert {call.parent_id for call in calls} == {request.span_id}
    assert {found.trace_id for found in (*spans, *lines)} == {HEADERS["traceparent"].split("-")[1]}
    assert {line.logger for line in lines} >= {"qfa.http", "qfa.usage"}


def test_application_insights_joins_them_too(both: Told) -> None:
    request_id = both.ids["/v1/summarize"]
    kinds = ("RequestData", "RemoteDependencyData", "MessageData")

    found = {
        kind: [
            envelope
            for envelope in both.sink.envelopes(kind)
            if envelope["properties"].get(names.REQUEST_ID) == request_id
        ]
        for kind in kinds
    }

    assert [request["name"] for request in found["RequestData"]] == ["POST /v1/summarize"]
    assert [call["type"] for call in found["RemoteDependencyData"]] == 2 * ["GenAI | openai"]
    assert len(found["MessageData"]) >= 3


def test_looking_a_key_up_in_the_database_is_told_within_its_request(both: Told) -> None:
    spans = {span.span_id: span for span in both.sink.spans()}
    work = [span for span in spans.values() if span.attributes.get(names.DB_OPERATION) == "keys.find"]

    assert work
    assert all(names.HTTP_METHOD in spans[span.parent_id].attributes for span in work)


def test_failures_of_the_provider_are_told_by_class_and_code(both: Told) -> None:
    spans = both.sink.spans()
    calls = {span.attributes.get(names.ERROR) for span in spans if span.name.startswith("chat ")}
    requests = {span.attributes.get(names.ERROR_CODE) for span in spans}
    attempts = {line.attributes.get("qfa.provider_status") for line in both.sink.lines()}

    assert {"LLMRejected", "LLMRateLimited", "LLMUnavailable"} <= calls
    assert {"llm_error", "llm_rate_limited", "validation_error", "not_found"} <= requests
    assert {"authentication_required", "prompt_injection_detected", "forbidden"} <= requests
    assert {400, 401, 429, 503} <= attempts


def test_every_name_that_the_runbook_explains_is_told(both: Told) -> None:
    points = both.sink.points()
    told = {point.name for point in points}
    for found in (*both.sink.spans(), *both.sink.lines(), *points):
        told |= found.attributes.keys()

    assert {value for name, value in vars(names).items() if name.isupper()} <= told


def test_probes_make_no_spans(both: Told) -> None:
    assert not any("health" in span.name for span in both.sink.spans())


@pytest.mark.parametrize("mood", ["broken", "stalled"])
def test_a_collector_that_takes_nothing_costs_neither_time_nor_a_flooded_log(
    mood: Mood, tmp_path: Path
) -> None:
    with TelemetrySink() as sink:
        sink.mood = mood
        with running(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=sink.url) as service, service.client() as client:
            started = time.monotonic()
            answers = [client.post("/v1/summarize", json=SINGLE).status_code for _ in range(50)]
            seconds = time.monotonic() - started
            status = service.stop()
            lines = service.log().splitlines()

    assert set(answers) == {200}
    assert seconds < AT_ONCE_SECONDS
    assert status == 0
    assert len([line for line in lines if "elemetry" in line or "withheld" in line]) <= 3


def test_without_a_far_end_nothing_of_it_is_imported_and_nothing_wrapped(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from qfa_http.main import app
from qfa_http.container import build_container
from qfa_http.container.lifespan import running
from qfa_http.request_log import unwatched
from qfa_http.settings import Settings

async def serve():
    container = build_container(Settings())
    async with running(container):
        assert container.calls()._llm._client is container.llm()
        assert type(container.usage_store()._store).__name__ == "SQLUsageStore"
        assert type(container.key_registry()).__name__ == "SQLKeyStore"
        assert type(container.tenant_registry()).__name__ == "SQLTenantStore"
        assert container.watch_request() is unwatched

asyncio.run(serve())
heavy = ("opentelemetry.sdk", "opentelemetry.trace", "opentelemetry.exporter", "azure", "google", "requests")
print(sorted(name for name in sys.modules if name.startswith(("qfa_adapters.telemetry", *heavy))))
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)

    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
