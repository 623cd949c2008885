"""Notice of API keys that were changed or removed, by whichever replica or hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import psycopg

from qfa_adapters.postgres.connector import PostgresConnector

# The channel and its payload, a key's id, are the migrations' (0002).
_LISTEN = "LISTEN qfa_changed_keys"
RETRY_SECONDS = 1.0
HEARTBEAT_SECONDS = 2.0


class KeyChanges:
    """
    Listen, on a connection of its own, for as long as it is entered as an async context manager.

    *on_change* is told the id of every key that was changed or removed. *on_doubt* is called whenever
    something may have been missed: when listening begins, and when the connection is lost.
    """

    def __init__(
        self,
        connector: PostgresConnector,
        *,
        on_change: Callable[[str], None],
        on_doubt: Callable[[], None],
    ) -> None:
        self._connector = connector
        self._on_change = on_change
        self._on_doubt = on_doubt
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen_for_good(), name="key changes")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def _listen_for_good(self) -> None:
        while True:
            with suppress(psycopg.Error, TimeoutError, OSError):
                await self._listen()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        """Listen until the connection is lost, which shows as an error."""
        connect = psycopg.AsyncConnection[Any].connect
        connection = await self._connector.open(connect, role="listen", autocommit=True)
        try:
            await connection.execute(_LISTEN)
            self._on_doubt()
            while True:
                async for notice in connection.notifies(timeout=HEARTBEAT_SECONDS):
                    self._on_change(notice.payload)
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await connection.execute("")
        finally:
            self._on_doubt()
            await connection.close()
