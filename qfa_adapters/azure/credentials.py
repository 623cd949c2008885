"""
Who asks Azure: the service as its managed identity, an operator as whoever is logged in with `az login`.

By name, never DefaultAzureCredential: it probes addresses that may accept and say nothing for a minute.
"""

from __future__ import annotations

import os

from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import AzureCliCredential, ManagedIdentityCredential

CLI_SECONDS = 20


def service_credential() -> AsyncTokenCredential:
    """Return the managed identity."""
    return ManagedIdentityCredential(retry_total=1, retry_backoff_factor=0.1)


def operator_credential() -> AsyncTokenCredential:
    """Return the managed identity where App Service offers one, so in its own console; else Azure's CLI."""
    if "IDENTITY_ENDPOINT" in os.environ:  # azure-identity reads it from there, too
        return service_credential()
    return AzureCliCredential(process_timeout=CLI_SECONDS)
