"""A provider of language models that runs in a thread and misbehaves on request."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.provider_replies import BEHAVIOURS, Behaviour, RecordedRequest, Reply, completion, conforming

Chooser = Callable[[RecordedRequest], "str | Behaviour | None"]
TRICKLE_SECONDS = 0.02
SLOW_SECONDS = 1.0


class FakeProvider:
    """
    Speak the formats of Azure OpenAI, Azure AI, OpenAI and its likes, and Anthropic, told apart by path.

    Answers follow the schema asked for, unless `script` says what to answer to a task. `queue` names the
    behaviours of the next requests (`provider_replies.BEHAVIOURS`); `choose` picks one a request instead
    (None: the next of the queue), and may be one of `provider_limits`. What nothing was said about goes well.

    >>> with FakeProvider() as provider:
    ...     provider.queue("429", "normal")
    ...     call(provider.url)
    """

    def __init__(self, choose: Chooser | None = None) -> None:
        self.choose = choose
        self.requests: list[RecordedRequest] = []
        self.url = ""
        self._scripts: dict[str, Any] = {}
        self._behaviours: list[str | Behaviour] = []
        self._changed = threading.Condition()
        self._connections = 0

    def __enter__(self) -> FakeProvider:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def script(self, task: str, answer: str | dict[str, Any]) -> None:
        """Answer *answer* (as JSON, unless it is text) to every request whose schema is named *task*."""
        self._scripts[task] = answer

    def queue(self, *behaviours: str | Behaviour) -> None:
        """Let the next requests go as *behaviours* say, one each."""
        self._behaviours += behaviours

    def wait_for_requests(self, number: int, timeout_seconds: float = 10.0) -> list[RecordedRequest]:
        """Block until so many requests have arrived in all, and return them."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.requests) >= number, timeout_seconds)
        assert arrived, f"{len(self.requests)} of {number} requests arrived"
        return self.requests

    async def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._serving: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await self._stop.wait()
        server.close()
        await asyncio.sleep(0)  # connections that were accepted just now begin to be served
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await asyncio.sleep(0)  # and what was aborted is closed

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        task = asyncio.create_task(self._serve(self._connections, reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        # A task that is cancelled before it has begun never comes to close anything.
        task.add_done_callback(lambda _: writer.transport.abort())
        task.add_done_callback(lambda _: writer.transport.abort())  # even if it never began

    async def _serve(
        self, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # the client may go whenever it likes
            while not writer.is_closing():
                request = await _read_request(reader, connection)
                with self._changed:
                    self.requests.append(request)
                    self._changed.notify_all()
                await self._respond(request, reader, writer)

    async def _respond(
        self, request: RecordedRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        answering = asyncio.create_task(_write(writer, self._reply(request)))
        hanging_up = asyncio.create_task(reader.read(1))  # nobody pipelines: it ends with the connection
        try:
            await asyncio.wait((answering, hanging_up), return_when=asyncio.FIRST_COMPLETED)
            request.hung_up = not answering.done() or answering.exception() is not None
        finally:
            answering.cancel()
            hanging_up.cancel()
            await asyncio.gather(answering, hanging_up, return_exceptions=True)
            request.ended_at = time.monotonic()
            request.finished.set()
        if request.hung_up:
            writer.close()

    def _reply(self, request: RecordedRequest) -> Reply:
        behaviour = self.choose(request) if self.choose else None
        if behaviour is None:
            behaviour = self._behaviours.pop(0) if self._behaviours else completion
        chosen = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour
        return chosen(request, self._text(request))

    def _text(self, request: RecordedRequest) -> str:
        answer = self._scripts.get(request.task or "")
        if answer is None:
            answer = conforming(request.schema) if request.schema else "Water is the main concern."
        return answer if isinstance(answer, str) else json.dumps(answer)


async def _read_request(reader: asyncio.StreamReader, connection: int) -> RecordedRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in headers.items()}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    target = urlsplit(head[0].split(" ")[1])
    started_at = time.monotonic()
    return RecordedRequest(
        target.path, target.query, headers, json.loads(body or b"{}"), connection, started_at
    )


async def _write(writer: asyncio.StreamWriter, reply: Reply) -> None:
    if reply.manner == "hang":
        await asyncio.Event().wait()
    await asyncio.sleep(SLOW_SECONDS if reply.manner == "slow" else reply.after_seconds)
    if reply.manner == "drop":
        writer.close()
        return
    writer.write(_head(reply))
    if reply.manner == "drop_midway":
        writer.write(reply.body[: len(reply.body) // 2])
        await writer.drain()
        writer.close()
        return
    while reply.manner == "trickle":
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(TRICKLE_SECONDS)
    writer.write(reply.body)
    await writer.drain()


def _head(reply: Reply) -> bytes:
    length = 1_000_000 if reply.manner == "trickle" else len(reply.body)
    headers = {**reply.headers, "content-length": str(length)}
    lines = [f"HTTP/1.1 {reply.status} As-Asked"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
