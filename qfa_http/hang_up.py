"""Ending a request's work when its caller hangs up."""

from __future__ import annotations

import asyncio

from qfa_http.asgi import ASGIApp, Message, Receive, Scope, Send


class CancelOnHangUp:
    """
    Cancel the handler, and with it its LLM calls, once the caller is gone.

    ASGI says so by `http.disconnect`, which only a `receive` after the body gets to see.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body_is_read = asyncio.Event()

        async def receive_noting_the_end() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise asyncio.CancelledError  # in the middle of the body: there is nobody to answer
            if not message.get("more_body", False):
                body_is_read.set()
            return message

        handling = asyncio.ensure_future(self._app(scope, receive_noting_the_end, send))
        watching = asyncio.create_task(_hang_up(receive, body_is_read))
        try:
            await asyncio.wait({handling, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            handling.cancel()
            await asyncio.wait({handling, watching})
        if not handling.cancelled():
            handling.result()


async def _hang_up(receive: Receive, body_is_read: asyncio.Event) -> None:
    await body_is_read.wait()
    while (await receive())["type"] != "http.disconnect":
        pass
