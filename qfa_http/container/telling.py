"""Who is told of what the service does: nobody, unless the settings name a far end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from qfa_core import __version__
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.ports.llm_client import LLMClient
from qfa_core.ports.usage_store import UsageStore
from qfa_http.logs import facts_of, logging_to
from qfa_http.request_log import WatchRequest, unwatched
from qfa_http.settings import Settings
from qfa_http.wire.health import UsageBacklog

if TYPE_CHECKING:  # imported where a deployment wants them: without, telemetry costs nothing
    from qfa_adapters.telemetry.far_end import FarEnd
    from qfa_adapters.telemetry.stores import DatabaseSpans
    from qfa_adapters.telemetry.telemetry import Telemetry

_LIBRARIES = {
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "azure.monitor.opentelemetry.exporter",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "opentelemetry.exporter.otlp.proto.http",
}
# The parts that the library reads and cannot do without: https://aka.ms/connectionstrings
_CONNECTION_STRING = re.compile(
    r"([A-Za-z]+=[^=;]+;)*InstrumentationKey=[0-9a-f-]{36}(;[A-Za-z]+=[^=;]+)*;?", re.I
)


def faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the far ends that were asked for."""
    for name in _wanted(settings):
        if not _is_installed(_LIBRARIES[name]):
            yield name, "wants more libraries: pip install 'qfa[telemetry]'"
    connection_string = settings.application_insights
    if connection_string and not _CONNECTION_STRING.fullmatch(connection_string.reveal()):
        yield "APPLICATIONINSIGHTS_CONNECTION_STRING", "wants a connection string with an InstrumentationKey"


def telemetry(settings: Settings) -> Telemetry | None:
    """Return what tells the far ends, None where there are none."""
    if not any(_wanted(settings)):
        return None
    from qfa_adapters.telemetry.telemetry import Telemetry

    return Telemetry(tuple(_far_ends(settings)), version=__version__)


def traced_llm(llm: LLMClient, telemetry: Telemetry | None) -> LLMClient:
    """Return *llm*, told of where there is somebody to tell."""
    return telemetry.traced_llm(llm) if telemetry else llm


def traced_usage_store(store: UsageStore, settings: Settings, telemetry: Telemetry | None) -> UsageStore:
    """Return *store*, told of where there is somebody to tell."""
    if telemetry is None:
        return store
    from qfa_adapters.telemetry.stores import TracingUsageStore

    return TracingUsageStore(store, _database_spans(settings, telemetry))


def traced_keys(registry: KeyRegistry, settings: Settings, telemetry: Telemetry | None) -> KeyRegistry:
    """Return *registry*, told of where there is somebody to tell."""
    if telemetry is None:
        return registry
    from qfa_adapters.telemetry.stores import TracingKeyRegistry

    return TracingKeyRegistry(registry, _database_spans(settings, telemetry))


def traced_tenants(
    registry: TenantRegistry, settings: Settings, telemetry: Telemetry | None
) -> TenantRegistry:
    """Return *registry*, told of where there is somebody to tell."""
    if telemetry is None:
        return registry
    from qfa_adapters.telemetry.stores import TracingTenantRegistry

    return TracingTenantRegistry(registry, _database_spans(settings, telemetry))


def watch_request(telemetry: Telemetry | None) -> WatchRequest:
    """Return what watches requests."""
    return telemetry.watch_request if telemetry else unwatched


@asynccontextmanager
async def sending(telemetry: Telemetry | None, backlog: Callable[[], UsageBacklog]) -> AsyncIterator[None]:
    """Send the log's lines and the usage's *backlog*, too, where there is somebody to send them to."""
    if telemetry is None:
        yield
        return
    telemetry.observe_usage(backlog)
    async with telemetry:
        with logging_to(telemetry.log_handler(facts_of)):
            yield


def _wanted(settings: Settings) -> Iterator[str]:
    if settings.application_insights:
        yield "APPLICATIONINSIGHTS_CONNECTION_STRING"
    if settings.otlp_endpoint:
        yield "OTEL_EXPORTER_OTLP_ENDPOINT"


def _far_ends(settings: Settings) -> Iterator[FarEnd]:
    if settings.application_insights:
        from qfa_adapters.telemetry.application_insights import application_insights

        yield application_insights(settings.application_insights.reveal())
    if settings.otlp_endpoint:
        from qfa_adapters.telemetry.otlp import otlp_at

        yield otlp_at(settings.otlp_endpoint)


def _database_spans(settings: Settings, telemetry: Telemetry) -> DatabaseSpans:
    return telemetry.database_spans("sqlite" if settings.database.is_embedded else "postgresql")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a package above it is missing
        return False
