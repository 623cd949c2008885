"""A collector of telemetry that runs in a thread: OTLP over HTTP, and what Application Insights speaks."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, TypeVar

import msgspec
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

Mood = Literal["well", "broken", "stalled"]
INSTRUMENTATION_KEY = "12345678-1234-1234-1234-123456789abc"
WAIT_SECONDS = 20.0

T = TypeVar("T")


class SeenSpan(msgspec.Struct, frozen=True):
    """A span that arrived."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    is_error: bool
    milliseconds: float


class SeenLine(msgspec.Struct, frozen=True):
    """A log line that arrived."""

    logger: str
    severity: str
    body: str
    trace_id: str
    attributes: dict[str, Any]


class SeenPoint(msgspec.Struct, frozen=True):
    """A measurement that arrived; of a histogram its sum and count."""

    name: str
    attributes: dict[str, Any]
    value: float
    count: int


class TelemetrySink:
    """
    Take in whatever is sent, and remember it; `mood` says how requests go from now on.

    `broken` answers 503; `stalled` answers nothing until the sink is closed.
    """

    def __init__(self) -> None:
        self.mood: Mood = "well"
        self.asked = 0
        self._bodies: list[tuple[str, bytes]] = []
        self._changed = threading.Condition()
        self._closing = threading.Event()

    def __enter__(self) -> TelemetrySink:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sink._take(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    @property
    def connection_string(self) -> str:
        """What Application Insights would be reached by."""
        return f"InstrumentationKey={INSTRUMENTATION_KEY};IngestionEndpoint={self.url}/"

    def wait_for(self, find: Callable[[TelemetrySink], T | None]) -> T:
        """Block until *find* finds something in what arrived, and return it."""
        found: T | None = None

        def is_there() -> bool:
            nonlocal found
            found = find(self)
            return bool(found)

        with self._changed:
            assert self._changed.wait_for(is_there, WAIT_SECONDS), self._summary()
        assert found is not None
        return found

    def everything(self) -> str:
        """Return all that arrived, as text in which texts can be looked for."""
        return "\n".join(body.decode("utf-8", "replace") for _, body in self._bodies)

    def spans(self) -> list[SeenSpan]:
        """Return the spans that arrived by OTLP."""
        return [
            SeenSpan(
                span.name,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                _attributes(span.attributes),
                span.status.code == 2,
                (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6,
            )
            for body in self._of("/v1/traces")
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def lines(self) -> list[SeenLine]:
        """Return the log lines that arrived by OTLP."""
        return [
            SeenLine(
                scope.scope.name,
                line.severity_text,
                line.body.string_value,
                line.trace_id.hex(),
                _attributes(line.attributes),
            )
            for body in self._of("/v1/logs")
            for resource in ExportLogsServiceRequest.FromString(body).resource_logs
            for scope in resource.scope_logs
            for line in scope.log_records
        ]

    def points(self, name: str | None = None) -> list[SeenPoint]:
        """Return the measurements of the metric *name*, or of all, that arrived by OTLP."""
        return [
            point
            for body in self._of("/v1/metrics")
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if name in (None, metric.name)
            for point in _points(metric)
        ]

    def envelopes(self, kind: str) -> list[dict[str, Any]]:
        """Return what of a kind (`RequestData`, `RemoteDependencyData` …) Application Insights was sent."""
        return [
            envelope["data"]["baseData"] | {"tags": envelope["tags"]}
            for body in self._of("/track")
            for envelope in _json_of(body)
            if envelope["data"]["baseType"] == kind
        ]

    def _of(self, path: str) -> Iterator[bytes]:
        return (body for at, body in tuple(self._bodies) if at.endswith(path))

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        mood = self.mood
        with self._changed:
            self.asked += 1
            if mood == "well":
                self._bodies.append((request.path.rstrip("/"), body))
            self._changed.notify_all()
        if mood == "stalled":
            self._closing.wait()
            return
        answer = self._answer(request.path, body) if mood == "well" else b""
        request.send_response(200 if mood == "well" else 503)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def _answer(self, path: str, body: bytes) -> bytes:
        if not path.rstrip("/").endswith("/track"):
            return b""
        number = len(_json_of(body))
        return msgspec.json.encode({"itemsReceived": number, "itemsAccepted": number, "errors": []})

    def _summary(self) -> str:
        return f"{self.asked} requests; {[span.name for span in self.spans()]}"


def _json_of(body: bytes) -> list[dict[str, Any]]:
    return msgspec.json.decode(body, type=list[dict[str, Any]])


def _points(metric: Any) -> Iterator[SeenPoint]:
    for point in metric.histogram.data_points:
        yield SeenPoint(metric.name, _attributes(point.attributes), point.sum, point.count)
    for number in (*metric.sum.data_points, *metric.gauge.data_points):
        value = number.as_double or number.as_int
        yield SeenPoint(metric.name, _attributes(number.attributes), value, 1)


def _attributes(pairs: Sequence[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
