"""Which far ends of telemetry the settings name, and what is wrong with them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from qfa_adapters.telemetry.llm_client import TracingLLMClient
from qfa_adapters.telemetry.stores import TracingKeyRegistry, TracingTenantRegistry
from qfa_core.secrets import Secret
from qfa_http.container import build_container, telling
from qfa_http.request_log import unwatched
from qfa_http.settings import Settings, SettingsError
from tests.fakes.telemetry_sink import INSTRUMENTATION_KEY, TelemetrySink

CANARY = "canary-of-a-connection-string"


@pytest.mark.parametrize(
    "connection_string",
    [
        CANARY,
        f"InstrumentationKey={CANARY}",
        f"IngestionEndpoint=https://{CANARY}.example/",
        f"InstrumentationKey={INSTRUMENTATION_KEY};{CANARY}",
    ],
)
def test_a_connection_string_without_a_key_stops_the_start_and_is_not_shown(connection_string: str) -> None:
    with pytest.raises(SettingsError) as caught:
        build_container(Settings(application_insights=Secret(connection_string)))

    [(name, issue)] = caught.value.faults
    assert name == "APPLICATIONINSIGHTS_CONNECTION_STRING"
    assert CANARY not in issue


@pytest.mark.parametrize(
    "connection_string",
    [
        f"InstrumentationKey={INSTRUMENTATION_KEY}",
        f"InstrumentationKey={INSTRUMENTATION_KEY};IngestionEndpoint=https://westeurope-5.in.applicationinsights."
        "azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;"
        "ApplicationId=b8e95a25-2c8d-4c07-bd8c-4b5a5a3c1d2e",
    ],
)
def test_a_connection_string_as_azure_gives_it_is_taken(connection_string: str) -> None:
    build_container(Settings(application_insights=Secret(connection_string)))


def test_without_a_far_end_nothing_is_wrapped() -> None:
    container = build_container(Settings())

    assert container.telemetry() is None
    assert container.watch_request() is unwatched
    assert telling.traced_llm(container.llm(), container.telemetry()) is container.llm()


async def test_with_a_far_end_requests_calls_and_stores_are_told_of(tmp_path: Path) -> None:
    with TelemetrySink() as sink:
        container = build_container(Settings(otlp_endpoint=sink.url, data_dir=tmp_path))
        telemetry = container.telemetry()
        assert telemetry is not None
        async with asyncio.timeout(20), telemetry:
            assert container.watch_request() == telemetry.watch_request
            assert isinstance(telling.traced_llm(container.llm(), telemetry), TracingLLMClient)
            assert isinstance(container.key_registry(), TracingKeyRegistry)
            assert isinstance(container.tenant_registry(), TracingTenantRegistry)
