"""What the tracing adapters tell, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


class Measured(msgspec.Struct, frozen=True):
    """One measurement; of a histogram its sum and how many it is the sum of."""

    value: float
    attributes: Mapping[str, object]
    count: int = 1


class Seen:
    """A tracer, a meter, and what they were told."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.tracer = tracers.get_tracer("test")
        self.meter = MeterProvider([self._reader], shutdown_on_exit=False).get_meter("test")

    def spans(self) -> tuple[ReadableSpan, ...]:
        """Return the spans that ended, in that order."""
        return self._spans.get_finished_spans()

    def measured(self, name: str) -> list[Measured]:
        """Return the measurements of a metric."""
        data = self._reader.get_metrics_data()
        points = [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]
        return [
            Measured(point.sum, dict(point.attributes or {}), point.count)
            if isinstance(point, HistogramDataPoint)
            else Measured(getattr(point, "value", 0), dict(point.attributes or {}))
            for point in points
        ]

    def everything(self) -> str:
        """Return all that was told, as text in which texts can be looked for."""
        return "\n".join(span.to_json() for span in self.spans()) + str(self._reader.get_metrics_data())
