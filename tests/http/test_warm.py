"""What a process does once it has started, beside its first requests."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from qfa_core.errors import AnonymizerUnavailable
from qfa_http.asgi import Message, Receive, Scope, Send
from qfa_http.warm import Warmed


class _Lifespan:
    """An application that starts, and stops once it is told to; and its server."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await self.stopping.wait()
        await send({"type": "lifespan.shutdown.complete"})

    async def receive(self) -> Message:
        return {"type": "lifespan.startup"}

    async def send(self, message: Message) -> None:
        self.sent.append(message["type"])


class _Warming:
    """What takes as long as it is told to, and notes whether it was cancelled."""

    def __init__(self, error: Exception | None = None) -> None:
        self.began = asyncio.Event()
        self.may_end = asyncio.Event()
        self.was_cancelled = False
        self._error = error

    async def __call__(self) -> None:
        self.began.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        if self._error is not None:
            raise self._error


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


async def _until_frozen() -> None:
    async with asyncio.timeout(10):
        while gc.get_freeze_count() == 0:  # noqa: ASYNC110 - the collector sets no event
            await asyncio.sleep(0)


async def test_a_start_is_complete_before_all_is_warm() -> None:
    application, warming = _Lifespan(), _Warming()
    serving = asyncio.create_task(
        Warmed(application, warming)({"type": "lifespan"}, application.receive, application.send)
    )
    await warming.began.wait()

    assert application.sent == ["lifespan.startup.complete"]
    assert gc.get_freeze_count() == 0
    application.stopping.set()
    await serving


async def test_the_garbage_collector_passes_over_what_is_there_once_all_is_warm() -> None:
    application, warming = _Lifespan(), _Warming()
    warming.may_end.set()
    serving = asyncio.create_task(
        Warmed(application, warming)({"type": "lifespan"}, application.receive, application.send)
    )
    await _until_frozen()

    assert not any(thing is application for thing in gc.get_objects())
    application.stopping.set()
    await serving


async def test_what_cannot_be_warmed_is_left_to_who_needs_it() -> None:
    application, warming = _Lifespan(), _Warming(AnonymizerUnavailable())
    warming.may_end.set()
    serving = asyncio.create_task(
        Warmed(application, warming)({"type": "lifespan"}, application.receive, application.send)
    )
    await _until_frozen()

    application.stopping.set()
    await serving
    assert application.sent[-1] == "lifespan.shutdown.complete"


async def test_a_stop_ends_the_warming() -> None:
    application, warming = _Lifespan(), _Warming()
    serving = asyncio.create_task(
        Warmed(application, warming)({"type": "lifespan"}, application.receive, application.send)
    )
    await warming.began.wait()
    application.stopping.set()
    await serving

    assert warming.was_cancelled
