"""
The service with a probe inside, for what cannot be seen from outside: `uvicorn benchmarks.http_probe:app`.

Under `/_probe/` it tells for how long its event loop was held, and what its thread spent its time on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from benchmarks.http_lag import LagWatch
from qfa_http.asgi import ASGIApp, Receive, Scope, Send
from qfa_http.main import app as service

if TYPE_CHECKING:  # imported where a profile is asked for: it would count as the service's memory
    from pyinstrument import Profiler

_PREFIX = "/_probe/"


class Probe:
    """Serve *app*; answer what lies under `/_probe/` here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lag = LagWatch()
        self._profiler: Profiler | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if not scope.get("path", "").startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        answers: dict[str, Callable[[], bytes]] = {
            "lag": self._tell_lag,
            "profile": self._begin_profile,
            "profile/text": self._tell_profile,
        }
        body = answers[scope["path"].removeprefix(_PREFIX)]()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    def _tell_lag(self) -> bytes:
        return msgspec.json.encode(self._lag.take())

    def _begin_profile(self) -> bytes:
        from pyinstrument import Profiler

        self._profiler = Profiler(interval=0.0005, async_mode="disabled")
        self._profiler.start()
        return b""

    def _tell_profile(self) -> bytes:
        if self._profiler is None:
            return b""
        self._profiler.stop()
        return self._profiler.output_text().encode()


app = Probe(service)
