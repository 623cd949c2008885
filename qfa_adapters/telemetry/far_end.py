"""Where telemetry goes."""

from __future__ import annotations

from dataclasses import dataclass

from opentelemetry.sdk._logs.export import LogRecordExporter
from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.trace.export import SpanExporter


@dataclass(frozen=True, kw_only=True)
class FarEnd:
    """One destination, as the exporters that know how to speak to it."""

    spans: SpanExporter
    logs: LogRecordExporter
    metrics: MetricExporter
