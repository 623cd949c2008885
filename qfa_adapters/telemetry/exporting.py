"""Between the SDK and the exporters: outboxes for spans and log lines, and a count of what fails."""

from __future__ import annotations

from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk._logs import LogRecordProcessor, ReadableLogRecord, ReadWriteLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from qfa_adapters.telemetry.losses import Losses
from qfa_adapters.telemetry.outbox import Outbox


class SpanOutbox(SpanProcessor):
    """Send spans once they have ended."""

    def __init__(self, exporter: SpanExporter, losses: Losses, flush_seconds: float) -> None:
        self._outbox = Outbox[ReadableSpan](
            lambda spans: exporter.export(spans) is SpanExportResult.SUCCESS, losses
        )
        self._exporter = exporter
        self._flush_seconds = flush_seconds

    def on_end(self, span: ReadableSpan) -> None:
        if span.context is not None and span.context.trace_flags.sampled:
            self._outbox.put(span)

    def shutdown(self) -> None:
        self._outbox.close(self._flush_seconds)
        self._exporter.shutdown()


class LogOutbox(LogRecordProcessor):
    """Send log lines."""

    def __init__(self, exporter: LogRecordExporter, losses: Losses, flush_seconds: float) -> None:
        self._outbox = Outbox[ReadableLogRecord](
            lambda lines: exporter.export(lines) is LogRecordExportResult.SUCCESS, losses
        )
        self._exporter = exporter
        self._flush_seconds = flush_seconds

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        record = log_record.log_record
        record.context = Context()  # its ids stand in the record by now, and it holds on to the span
        self._outbox.put(
            ReadableLogRecord(
                log_record=record,
                resource=log_record.resource or Resource.get_empty(),
                instrumentation_scope=log_record.instrumentation_scope,
                limits=log_record.limits,
            )
        )

    def shutdown(self) -> None:
        self._outbox.close(self._flush_seconds)
        self._exporter.shutdown()  # type: ignore[no-untyped-call] # the SDK's

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do nothing: what waits goes by itself."""
        return True


class CountingMetricExporter(MetricExporter):
    """Export by *exporter*, and count the rounds that fail."""

    def __init__(self, exporter: MetricExporter, losses: Losses) -> None:
        super().__init__(exporter._preferred_temporality, exporter._preferred_aggregation)
        self._exporter = exporter
        self._losses = losses

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **more: Any
    ) -> MetricExportResult:
        """Export one round of measurements."""
        result = self._exporter.export(metrics_data, timeout_millis, **more)
        if result is not MetricExportResult.SUCCESS:
            self._losses.add(1)
        self._losses.complain()
        return result

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Have the exporter send what it holds."""
        return self._exporter.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: float = 30_000, **more: Any) -> None:
        """Shut the exporter down."""
        self._exporter.shutdown(timeout_millis, **more)
