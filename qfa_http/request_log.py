"""The outermost layer of a request: its id, and its one line in the log."""

from __future__ import annotations

import logging
import time
import uuid

from qfa_http.asgi import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("qfa.http")


class RequestLog:
    """Give every request a fresh UUID, which every response carries, and log it once it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _log.info(
                "%s %s %s in %.0f ms",
                scope["method"],
                scope.get("path_template", "(no route)"),
                status or "hung up",
                (time.perf_counter() - started) * 1000,
                extra={"request_id": request_id, "tenant_id": getattr(scope.get("auth"), "tenant_id", None)},
            )
