"""All that one process tells, to far ends that are well, broken, slow or away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping

import msgspec
import pytest

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.application_insights import application_insights
from qfa_adapters.telemetry.far_end import FarEnd
from qfa_adapters.telemetry.otlp import otlp_at
from qfa_adapters.telemetry.telemetry import Telemetry
from qfa_core.budget import Deadline, RequestContext
from qfa_core.fakes.scripted_llm_client import ScriptedLLMClient
from qfa_core.llm import LLMReply, Prompt
from tests.acceptance.service import free_port
from tests.fakes.telemetry_sink import INSTRUMENTATION_KEY, Mood, TelemetrySink

PROMPT = Prompt(task="summarize", system="CANARY rules", user="CANARY text")
CONTEXT = RequestContext(
    tenant_id="tenant-7", operation="summarize", request_id="request-3", deadline=Deadline(expires_at=1e9)
)
REPLY = LLMReply(text="CANARY", model="azure/ours", input_tokens=10, output_tokens=2, cost_usd=0.5)
FLUSH_SECONDS = 0.5
AT_ONCE_SECONDS = 5.0  # on a machine that is busy with other tests


class Backlog(msgspec.Struct, frozen=True):
    """What of the usage is not written."""

    waiting: int = 7
    lost: int = 2


def facts_of(record: logging.LogRecord) -> Mapping[str, str | float]:
    """Return what may leave of a record: its message, in these tests, and its request's id."""
    request_id = record.__dict__.get("request_id", "")
    return {
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage(),
        "request_id": request_id,
    }


@pytest.fixture
def sink() -> Iterator[TelemetrySink]:
    with TelemetrySink() as sink:
        yield sink


async def tell_all(far_end: FarEnd) -> tuple[float, float]:
    """Tell of a request, a call, a line and a backlog; return the seconds of that, and of the end."""
    telemetry = Telemetry([far_end], version="1.2", flush_seconds=FLUSH_SECONDS)
    telemetry.observe_usage(Backlog)
    client = telemetry.traced_llm(ScriptedLLMClient({"summarize": REPLY}, model="azure/ours"))
    started = time.perf_counter()
    async with telemetry:
        with telemetry.watch_request("request-3", "POST", None) as tell:
            await client.complete(PROMPT, CONTEXT)
            record = logging.LogRecord("qfa.test", logging.INFO, "", 0, "a line of %s", ("ours",), None)
            record.request_id = "request-3"
            telemetry.log_handler(facts_of).handle(record)
            tell({"duration_ms": 1.0, "status": 200, "route": "/v1/summarize"})
        told = time.perf_counter()
    return told - started, time.perf_counter() - told


async def test_spans_lines_and_metrics_arrive_by_otlp_joined_by_the_request(sink: TelemetrySink) -> None:
    await tell_all(otlp_at(sink.url))

    spans = {span.name: span for span in sink.spans()}
    [line] = sink.lines()
    call, request = spans["chat azure/ours"], spans["POST /v1/summarize"]
    assert call.parent_id == request.span_id
    assert line.trace_id == call.trace_id == request.trace_id
    assert (line.logger, line.severity, line.body) == ("qfa.test", "info", "a line of ours")
    assert {found.attributes[names.REQUEST_ID] for found in (call, request, line)} == {"request-3"}
    assert [point.value for point in sink.points(names.USAGE_WAITING)] == [7]
    assert [point.value for point in sink.points(names.USAGE_LOST)] == [2]
    assert [point.count for point in sink.points(names.LLM_DURATION)] == [1]
    assert {point.value for point in sink.points(names.TELEMETRY_LOST)} == {0}
    assert "CANARY" not in sink.everything()


async def test_application_insights_is_told_the_same_in_its_own_words(sink: TelemetrySink) -> None:
    await tell_all(application_insights(sink.connection_string))

    [request] = sink.envelopes("RequestData")
    [call] = sink.envelopes("RemoteDependencyData")
    [line] = sink.envelopes("MessageData")
    metrics = {envelope["metrics"][0]["name"] for envelope in sink.envelopes("MetricData")}
    assert (request["name"], request["responseCode"]) == ("POST /v1/summarize", "200")
    assert (call["type"], call["properties"]["gen_ai.usage.input_tokens"]) == (
        "GenAI | azure.ai.openai",
        "10",
    )
    assert line["message"] == "a line of ours"
    assert {found["properties"]["qfa.request_id"] for found in (request, call, line)} == {"request-3"}
    assert len({found["tags"]["ai.operation.id"] for found in (request, call, line)}) == 1
    assert {names.LLM_DURATION, names.LLM_COST, names.USAGE_WAITING, names.REQUEST_DURATION} <= metrics
    assert "CANARY" not in sink.everything()


NO_INSIGHTS = f"InstrumentationKey={INSTRUMENTATION_KEY};IngestionEndpoint=http://127.0.0.1"
FAR_ENDS: Mapping[str, Callable[[TelemetrySink], FarEnd]] = {
    "otlp": lambda sink: otlp_at(sink.url),
    "nobody at otlp": lambda _: otlp_at(f"http://127.0.0.1:{free_port()}"),
    "insights": lambda sink: application_insights(sink.connection_string),
    "nobody at insights": lambda _: application_insights(f"{NO_INSIGHTS}:{free_port()}/"),
}


@pytest.mark.parametrize("mood", ["broken", "stalled"])
@pytest.mark.parametrize("far_end", FAR_ENDS)
async def test_a_far_end_that_takes_nothing_slows_nobody_and_ends_in_time(
    sink: TelemetrySink, mood: Mood, far_end: str
) -> None:
    sink.mood = mood

    seconds, seconds_of_end = await tell_all(FAR_ENDS[far_end](sink))

    assert seconds < AT_ONCE_SECONDS
    assert seconds_of_end < FLUSH_SECONDS + AT_ONCE_SECONDS


async def test_what_does_not_arrive_is_told_in_lines_of_ours(
    sink: TelemetrySink, caplog: pytest.LogCaptureFixture
) -> None:
    sink.mood = "broken"
    far_end = application_insights(sink.connection_string)
    telemetry = Telemetry([far_end], version="1.2", flush_seconds=20)
    async with telemetry:
        with telemetry.watch_request("request-3", "POST", None) as tell:
            tell({"duration_ms": 1.0, "status": 200})

    ours = {record.getMessage() for record in caplog.records if record.name == "qfa.telemetry"}
    assert "Telemetry is lost: 1 spans did not arrive." in ours
    assert "Telemetry is lost: 1 rounds of metrics did not arrive." in ours


async def test_a_far_end_that_recovers_is_told_what_it_missed(sink: TelemetrySink) -> None:
    sink.mood = "broken"
    telemetry = Telemetry([otlp_at(sink.url)], version="1.2", flush_seconds=20)
    async with telemetry:
        with telemetry.watch_request("request-3", "POST", None) as tell:
            tell({"duration_ms": 1.0, "status": 200})
        sink.wait_for(lambda sink: sink.asked)
        sink.mood = "well"

        assert sink.wait_for(TelemetrySink.spans)
