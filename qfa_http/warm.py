"""A warm process: what its first requests would wait for is there, and costs nothing from then on."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress

from qfa_core.errors import QFAError
from qfa_http.asgi import ASGIApp, Message, Receive, Scope, Send


class Warmed:
    """
    Run *warm* beside the first requests, then let the garbage collector pass over all that is there.

    For a process's only application: what was made by then is never collected. A full collection would walk
    through it, lists of names included, for 60 ms each time, in which nobody is answered.
    """

    def __init__(self, app: ASGIApp, warm: Callable[[], Awaitable[None]]) -> None:
        self._app = app
        self._warm = warm
        self._warming: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the one lifespan."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_and_warm(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._warming = asyncio.create_task(self._settle())

        try:
            await self._app(scope, receive, send_and_warm)
        finally:
            if self._warming is not None:
                self._warming.cancel()
                await asyncio.wait({self._warming})

    async def _settle(self) -> None:
        with suppress(QFAError):  # said in the log, and whoever needs it tries again
            await self._warm()
        gc.freeze()
