"""One API request: the span that all others of it stand below, and how long it took."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.metrics import Meter
from opentelemetry.trace import Span, SpanKind, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.spans import Value, set_error, set_facts, span_of

_SERVER_ERROR = 500
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
# By the names that the log's line of a request gives its facts.
_ATTRIBUTES = {
    "route": names.HTTP_ROUTE,
    "status": names.HTTP_STATUS,
    "tenant_id": names.TENANT_ID,
    "operation": names.OPERATION,
    "error_code": names.ERROR_CODE,
}

TellRequest = Callable[[Mapping[str, str | int | float]], None]


class RequestSpans:
    """Watch requests."""

    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer = tracer
        self._propagator = TraceContextTextMapPropagator()
        self._duration = meter.create_histogram(
            names.REQUEST_DURATION,
            unit="s",
            description="How long requests took.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )

    @contextmanager
    def watch(self, request_id: str, method: str, traceparent: str | None) -> Iterator[TellRequest]:
        """
        Watch a request; what is yielded is to be told, before the end, what the log is told of it.

        The span joins the trace that a caller's W3C *traceparent* names. Of its `tracestate`, which may hold
        any text, nothing is taken.
        """
        parent = self._propagator.extract({"traceparent": traceparent} if traceparent else {})
        facts: dict[str, Value] = {names.REQUEST_ID: request_id, names.HTTP_METHOD: method}
        with span_of(
            self._tracer, method, SpanKind.SERVER, facts, parent=parent, request_id=request_id
        ) as span:

            def tell(facts: Mapping[str, str | int | float]) -> None:
                self._tell(span, method, facts)

            yield tell

    def _tell(self, span: Span, method: str, facts: Mapping[str, str | int | float]) -> None:
        known = {_ATTRIBUTES[name]: value for name, value in facts.items() if name in _ATTRIBUTES}
        set_facts(span, known)
        if route := facts.get("route"):
            span.update_name(f"{method} {route}")
        status = facts.get("status")
        error = str(facts.get("error_code") or status)
        if status is None or int(status) >= _SERVER_ERROR:
            set_error(span, error if status else "HungUp")
        dimensions: dict[str, str | int | float] = {names.HTTP_METHOD: method}
        dimensions |= {name: known[name] for name in (names.HTTP_ROUTE, names.HTTP_STATUS) if name in known}
        if names.ERROR_CODE in known:
            dimensions[names.ERROR_TYPE] = error
        self._duration.record(float(facts["duration_ms"]) / 1000, dimensions)
