"""Any collector that speaks OTLP over HTTP."""

from __future__ import annotations

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

from qfa_adapters.telemetry.far_end import FarEnd


def otlp_at(endpoint: str) -> FarEnd:
    """
    Return the collector at *endpoint*, an address to which `/v1/traces` and the like are added.

    Headers, certificates, time-outs and compression are what the variables OTEL_EXPORTER_OTLP_… say.
    """
    base = endpoint.rstrip("/")
    return FarEnd(
        spans=OTLPSpanExporter(endpoint=f"{base}/v1/traces"),
        logs=OTLPLogExporter(endpoint=f"{base}/v1/logs"),
        metrics=OTLPMetricExporter(endpoint=f"{base}/v1/metrics"),
    )
