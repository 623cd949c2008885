"""The outermost layer of a request: its id, and what is told of it once it is answered."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from qfa_http.asgi import ASGIApp, Message, Receive, Scope, Send

Facts = Mapping[str, str | int | float]
# By id, method and the W3C `traceparent` that came along; what the context yields is told the facts.
WatchRequest = Callable[[str, str, str | None], AbstractContextManager[Callable[[Facts], None]]]

_METHODS = frozenset(("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"))
_UNWATCHED = ("/v1/health",)  # asked for every minute, and told of by the platform

_log = logging.getLogger("qfa.http")


@contextmanager
def unwatched(_id: str, _method: str, _traceparent: str | None) -> Iterator[Callable[[Facts], None]]:
    """Watch nothing."""
    yield lambda _: None


class RequestLog:
    """
    Give every request a fresh UUID, which every response carries, and tell of it once it is answered.

    It is told of in one line of the log, and to *watch*.
    """

    def __init__(self, app: ASGIApp, watch: WatchRequest = unwatched) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"  # any text may stand there
        watch = unwatched if scope["path"] in _UNWATCHED else self._watch
        with watch(request_id, method, _traceparent(scope)) as tell:
            await self._serve(scope, receive, send, method, tell)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, method: str, tell: Callable[[Facts], None]
    ) -> None:
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                request_id = scope["state"]["request_id"].encode()
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            facts = _facts(scope, method, status, milliseconds)
            _log.info(
                "%s %s %s in %.0f ms",
                method,
                facts.get("route", "(no route)"),
                status or "hung up",
                milliseconds,
                extra=facts,
            )
            tell(facts)


def _facts(scope: Scope, method: str, status: int, milliseconds: float) -> Facts:
    """Return what is known of a request that ended; without *status* its caller hung up."""
    state = scope["state"]
    facts: dict[str, str | int | float | None] = {
        "request_id": state["request_id"],
        "tenant_id": getattr(scope.get("auth"), "tenant_id", None),
        "operation": getattr(scope.get("route_handler"), "opt", {}).get("operation"),
        "method": method,
        "route": scope.get("path_template") or None,
        "status": status or None,
        "duration_ms": milliseconds,
        "error_code": state.get("error_code"),
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _traceparent(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)
