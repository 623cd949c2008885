"""Application Insights of Azure."""

from __future__ import annotations

import os
from typing import Any

from azure.monitor.opentelemetry.exporter import (
    AzureMonitorLogExporter,
    AzureMonitorMetricExporter,
    AzureMonitorTraceExporter,
)

from qfa_adapters.telemetry.far_end import FarEnd

# The library sends figures of its own to Microsoft and lets itself be configured from there: neither is
# asked for, and the environment is its only switch.
_OF_ITS_OWN = (
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED",
)
_ATTEMPT_SECONDS = 10


def application_insights(connection_string: str) -> FarEnd:
    """
    Return the resource that *connection_string* names; nothing is kept on disk for it.

    Raises ValueError if it makes no sense.
    """
    for name in _OF_ITS_OWN:
        os.environ.setdefault(name, "true")
    options: dict[str, Any] = {
        "connection_string": connection_string,
        "disable_offline_storage": True,
        "retry_total": 2,
        "read_timeout": _ATTEMPT_SECONDS,
    }
    return FarEnd(
        spans=AzureMonitorTraceExporter(**options),
        logs=AzureMonitorLogExporter(**options),
        metrics=AzureMonitorMetricExporter(**options),
    )
