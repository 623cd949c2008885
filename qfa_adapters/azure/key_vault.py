"""
Secrets in an Azure Key Vault.

https://learn.microsoft.com/rest/api/keyvault/secrets
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Self, TypeVar

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.keyvault.secrets import KeyVaultSecret
from azure.keyvault.secrets.aio import SecretClient

from qfa_adapters.azure.errors import SDK_ERRORS, is_missing, unavailable
from qfa_core.errors import Conflict
from qfa_core.ports.secret_store import SecretStore
from qfa_core.secrets import Secret, StoredSecret

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0

# https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
LARGEST_BYTES = 25_600

T = TypeVar("T")


class KeyVault(SecretStore):
    """
    Read and write the secrets of the vault at *url* as *credential*, for as long as it is entered.

    Nothing takes longer than *patience_seconds*, tokens included, and nothing is tried again: that is for
    whoever asks to decide, who is told what the vault wants. *transport* takes the place of the SDK's own,
    which heeds the environment's proxies and certificates.
    """

    def __init__(
        self,
        url: str,
        credential: AsyncTokenCredential,
        *,
        patience_seconds: float = ANSWER_SECONDS,
        transport: AsyncHttpTransport[Any, Any] | None = None,
    ) -> None:
        self._patience_seconds = patience_seconds
        self._credential = credential
        self._client = SecretClient(
            url,
            credential,
            retry_total=0,
            connection_timeout=CONNECT_SECONDS,
            read_timeout=patience_seconds,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()
        await self._credential.close()

    async def read(self, name: str) -> StoredSecret | None:
        found = await self._newest(name)
        if found is None:
            return None
        # A vault that is one gives both: what lacks either is somebody else's answer.
        if not found.value or not found.properties.version:
            raise unavailable(ValueError())
        return StoredSecret(value=Secret(found.value), version=found.properties.version)

    async def write(self, name: str, value: Secret, *, replacing: str | None) -> None:
        """
        Make *value* the newest version; its content type, tags and dates stay those of the version before.

        Raises Conflict as the port says, and where the value is too long or the secret is deleted.
        """
        text = value.reveal()
        if len(text.encode()) > LARGEST_BYTES:
            raise Conflict("This would be more than the 25 kB that a secret of a Key Vault holds.")
        newest = await self._newest(name)
        if (newest.properties.version if newest else None) != replacing:
            raise Conflict("The secret was changed meanwhile, so nothing was written: try again.")
        kept = newest.properties if newest else None
        written = self._client.set_secret(
            name,
            text,
            content_type=kept.content_type if kept else "application/json",
            tags=kept.tags if kept else None,
            not_before=kept.not_before if kept else None,
            expires_on=kept.expires_on if kept else None,
        )
        await self._ask(written)

    async def _newest(self, name: str) -> KeyVaultSecret | None:
        try:
            return await self._ask(self._client.get_secret(name))
        except _Missing:
            return None

    async def _ask(self, question: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await question
        except HttpResponseError as error:
            failure: Exception = _Missing() if is_missing(error) else unavailable(error)
        except (AzureError, *SDK_ERRORS) as error:
            failure = unavailable(error)
        # Raised here, outside of any handler, so that none of the SDK's words, which quote answers, hang on.
        raise failure


class _Missing(Exception):
    """The vault says that it holds no such secret."""
