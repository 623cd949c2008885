"""A stop in good order: the requests under way, then what they work with, then the process, with status 0."""

from __future__ import annotations

import asyncio
import signal
import sys

import msgspec

from qfa_core.errors import DeadlineExceeded
from qfa_http.asgi import ASGIApp, Message, Receive, Scope, Send
from qfa_http.errors import code_of
from qfa_http.wire.errors import STATUS_OF_CODE, ErrorResponse

PATIENCE_SECONDS = 5.0


class RequestsFirst:
    """
    Stop the application only after the requests under way; answer those that the server gives up.

    Once its grace period is over, a server cancels its requests and stops the application in the same
    breath: without this layer the usage of their LLM calls would come too late to be written.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way: set[asyncio.Task[object]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the one lifespan."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
            return

        async def receive_after_requests() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown" and self._under_way:
                await asyncio.wait(self._under_way, timeout=PATIENCE_SECONDS)
            return message

        await self._app(scope, receive_after_requests, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("ASGI applications run in a task")
        is_answered = False

        async def send_noting_the_answer(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        self._under_way.add(task)
        try:
            await self._app(scope, receive, send_noting_the_answer)
        except asyncio.CancelledError:
            # It ends here: the server, which alone cancels whole requests, would log a traceback.
            if not is_answered:
                await _answer_for_the_stop(scope, send)
        finally:
            self._under_way.discard(task)


async def _answer_for_the_stop(scope: Scope, send: Send) -> None:
    error = DeadlineExceeded("The service is being stopped; send the request again.")
    code = scope["state"]["error_code"] = code_of(error)
    body = msgspec.json.encode(ErrorResponse.of(code, str(error), request_id=scope["state"]["request_id"]))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": STATUS_OF_CODE[code], "headers": headers})
    await send({"type": "http.response.body", "body": body})


class CleanExit:
    """
    Let SIGTERM end a process that stopped in good order with status 0; for a process's only application.

    uvicorn raises the signal again once all is done, and would die of it:
    https://github.com/encode/uvicorn/blob/0.54.0/uvicorn/server.py (`capture_signals`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the one lifespan."""

        async def send_and_ignore_the_signal(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.shutdown.complete" and sys.platform != "win32":
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

        await self._app(scope, receive, send_and_ignore_the_signal if scope["type"] == "lifespan" else send)
