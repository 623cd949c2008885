"""
Tokens of the managed identity that Azure gives to a service.

https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import msgspec
from azure.core.exceptions import AzureError
from azure.identity.aio import ManagedIdentityCredential

from qfa_core.secrets import Secret

REFRESH_SECONDS = 120.0  # how long before its end a token is replaced
FETCH_SECONDS = 5.0
RETRY_SECONDS = 5.0

_logger = logging.getLogger("qfa.identity")


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token and when it ends, in seconds of Unix time."""

    value: Secret
    expires_at: float


class ManagedIdentityTokens:
    """
    Hand out the identity's token for *scope*, fetched when first asked for and two minutes before it ends.

    However many ask, one fetch is under way at a time; it is given up after `FETCH_SECONDS`, and for
    `RETRY_SECONDS` nobody waits for another. *now* counts seconds of Unix time.
    """

    def __init__(self, scope: str, *, now: Callable[[], float] = time.time) -> None:
        self._scope = scope
        self._now = now
        self._token: _Token | None = None
        self._fetch: asyncio.Task[None] | None = None
        self._quiet_until = 0.0

    async def current(self) -> Secret | None:
        """Return a token that has not ended yet, the newest there is; None where there is none to be had."""
        if self._is_due() and self._now() >= self._quiet_until:
            if self._fetch is None or self._fetch.done():
                self._fetch = asyncio.create_task(self._replace(), name="token fetch")
            await asyncio.shield(self._fetch)  # whoever gives up waiting leaves the fetch to the others
        token = self._token
        return token.value if token and self._now() < token.expires_at else None

    def forget(self, refused: Secret) -> None:
        """Fetch anew the next time, if *refused* is still the token handed out."""
        if self._token and self._token.value == refused:
            self._token = None

    def _is_due(self) -> bool:
        return self._token is None or self._now() >= self._token.expires_at - REFRESH_SECONDS

    async def _replace(self) -> None:
        """Fetch a token; where that fails the old one stays."""
        try:
            async with (
                asyncio.timeout(FETCH_SECONDS),
                # A new one every time: it keeps tokens, and would hand out one that the database refused.
                ManagedIdentityCredential(retry_total=1, retry_backoff_factor=0.1) as credential,
            ):
                fetched = await credential.get_token(self._scope)
        except (AzureError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
            self._quiet_until = self._now() + RETRY_SECONDS
            # Neither its message nor its cause: the endpoint's answer may be quoted there.
            _logger.error("The managed identity gave no token: %s.", type(error).__name__)
            return
        self._token = _Token(value=Secret(fetched.token), expires_at=float(fetched.expires_on))
