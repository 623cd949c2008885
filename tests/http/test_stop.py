"""Stopping while requests are under way, as a server does it: in one process, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from qfa_http.asgi import Message, Receive, Scope, Send
from qfa_http.stop import RequestsFirst


class _Application:
    """An application that notes what happens, and whose requests go on until they are released."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.began = asyncio.Event()
        self.released = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self.events.append((await receive())["type"])
            return
        self.began.set()
        try:
            await self.released.wait()
        finally:
            await asyncio.sleep(0)  # cleaning up takes some turns of the loop
            self.events.append("request ended")


async def _shutdown() -> Message:
    return {"type": "lifespan.shutdown"}


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}


def _collector(into: list[Message]) -> Callable[[Message], Awaitable[None]]:
    async def send(message: Message) -> None:
        into.append(message)

    return send


async def test_the_application_stops_only_after_the_requests_under_way() -> None:
    inner = _Application()
    app, sent = RequestsFirst(inner), list[Message]()
    scope = {"type": "http", "state": {"request_id": "an id"}}
    request = asyncio.create_task(app(scope, _nothing_more, _collector(sent)))
    await inner.began.wait()

    stopping = asyncio.create_task(app({"type": "lifespan"}, _shutdown, _collector(sent)))
    await asyncio.sleep(0)
    inner.released.set()
    await asyncio.gather(request, stopping)

    assert inner.events == ["request ended", "lifespan.shutdown"]


async def test_a_request_that_the_server_gives_up_is_answered_and_ended_before_the_stop() -> None:
    inner = _Application()
    app, sent = RequestsFirst(inner), list[Message]()
    scope = {"type": "http", "state": {"request_id": "an id"}}
    request = asyncio.create_task(app(scope, _nothing_more, _collector(sent)))
    await inner.began.wait()

    request.cancel()
    await app({"type": "lifespan"}, _shutdown, _collector(sent))
    await request

    start, body = sent
    assert inner.events == ["request ended", "lifespan.shutdown"]
    assert start["status"] == 504
    assert (b"content-type", b"application/json") in start["headers"]
    assert msgspec.json.decode(body["body"])["error"] == {
        "code": "analysis_timeout",
        "message": "The service is being stopped; send the request again.",
        "request_id": "an id",
    }
