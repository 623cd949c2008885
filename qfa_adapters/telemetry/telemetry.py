"""What one process tells of itself, and to whom."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, Self

from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.exporting import CountingMetricExporter, LogOutbox, SpanOutbox
from qfa_adapters.telemetry.far_end import FarEnd
from qfa_adapters.telemetry.llm_client import LLMMeters, TracingLLMClient
from qfa_adapters.telemetry.logs import FactsOf, TelemetryHandler
from qfa_adapters.telemetry.losses import Losses
from qfa_adapters.telemetry.requests import RequestSpans, TellRequest
from qfa_adapters.telemetry.stores import DatabaseSpans
from qfa_core.ports.llm_client import LLMClient

_SCOPE = "qfa"
_FLUSH_SECONDS = 3.0


class Backlog(Protocol):
    """LLM calls that are not in the usage store."""

    @property
    def waiting(self) -> int: ...
    @property
    def lost(self) -> int: ...


class Telemetry:
    """
    Traces, metrics and logs on their way to *far_ends*; an async context manager, at whose end the rest goes.

    Nothing is made global: libraries that would tell of themselves by OpenTelemetry find nobody to tell.
    """

    def __init__(
        self, far_ends: Sequence[FarEnd], *, version: str, flush_seconds: float = _FLUSH_SECONDS
    ) -> None:
        self._flush_seconds = flush_seconds
        self._losses = tuple(map(Losses, ("spans", "log lines", "rounds of metrics")))
        spans, lines, rounds = self._losses
        resource = _resource(version)
        self._tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._loggers = LoggerProvider(resource=resource, shutdown_on_exit=False)
        self._meters = MeterProvider(
            [
                PeriodicExportingMetricReader(CountingMetricExporter(far_end.metrics, rounds))
                for far_end in far_ends
            ],
            resource=resource,
            shutdown_on_exit=False,
        )
        for far_end in far_ends:
            self._tracers.add_span_processor(SpanOutbox(far_end.spans, spans, flush_seconds))
            self._loggers.add_log_record_processor(LogOutbox(far_end.logs, lines, flush_seconds))
        self._tracer = self._tracers.get_tracer(_SCOPE, version)
        self._meter = self._meters.get_meter(_SCOPE, version)
        self._llm_meters = LLMMeters(self._meter)
        self._requests = RequestSpans(self._tracer, self._meter)
        self._meter.create_observable_counter(
            names.TELEMETRY_LOST, [self._observe_losses], description="What never arrived here."
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send what waits, for *flush_seconds* at most."""
        await asyncio.gather(
            asyncio.to_thread(self._tracers.shutdown),
            asyncio.to_thread(self._loggers.shutdown),
            asyncio.to_thread(self._meters.shutdown, self._flush_seconds * 1000),
        )

    def watch_request(
        self, request_id: str, method: str, traceparent: str | None
    ) -> AbstractContextManager[TellRequest]:
        """Watch one API request, see RequestSpans."""
        return self._requests.watch(request_id, method, traceparent)

    def traced_llm(self, client: LLMClient) -> LLMClient:
        """Return *client*, told of."""
        return TracingLLMClient(client, self._tracer, self._llm_meters)

    def database_spans(self, system: str) -> DatabaseSpans:
        """Return what tells of work in a database of the kind *system*."""
        return DatabaseSpans(self._tracer, system)

    def observe_usage(self, backlog: Callable[[], Backlog]) -> None:
        """Measure, with every round, what of the usage is not written."""
        self._meter.create_observable_gauge(
            names.USAGE_WAITING,
            [lambda _: [Observation(backlog().waiting)]],
            description="LLM calls that are not in the usage store yet.",
        )
        self._meter.create_observable_counter(
            names.USAGE_LOST,
            [lambda _: [Observation(backlog().lost)]],
            description="LLM calls that no usage store will ever know.",
        )

    def log_handler(self, facts_of: FactsOf) -> logging.Handler:
        """Return a handler that sends what *facts_of* a log record may leave the process."""
        return TelemetryHandler(self._loggers, facts_of)

    def _observe_losses(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(losses.total, {names.SIGNAL: losses.what}) for losses in self._losses]


def _resource(version: str) -> Resource:
    """Return who speaks; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word."""
    ours = {"service.name": "qfa", "service.version": version, "service.instance.id": str(uuid.uuid4())}
    return Resource.create(ours).merge(OTELResourceDetector().detect())
