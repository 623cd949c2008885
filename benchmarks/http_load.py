"""
Callers that ask over raw sockets, in one event loop: light enough not to be what is measured.

How light, `python -m benchmarks.http_limit` tells.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

import msgspec
import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
_END_OF_CHUNKS = b"0\r\n\r\n"
_PATIENCE_SECONDS = 300.0


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request of an endpoint, by the *name* that it has in the tables; no *body* means GET."""

    name: str
    path: str
    body: bytes = b""
    status: int = 200

    def written_out(self, url: str, key: str) -> bytes:
        """Return the bytes that go over the wire to the server at *url*."""
        head = [
            f"{'POST' if self.body else 'GET'} {self.path} HTTP/1.1",
            f"host: {urlsplit(url).netloc}",
            f"authorization: Bearer {key}",
            f"content-length: {len(self.body)}",
            "content-type: application/json",
        ]
        return "\r\n".join(head).encode() + _END_OF_HEAD + self.body


class Answers(msgspec.Struct, kw_only=True):
    """What came back: how long each answer took, how often which status came, and how long it all took."""

    seconds: list[float]
    statuses: Counter[int]
    wall_seconds: float

    def ms(self, share: float) -> float:
        """Return the quantile of *share* (0..1) in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.wall_seconds

    def others_than(self, status: int) -> int:
        """How many answers had another status: one is too many, they may cost less than the work."""
        return self.statuses.total() - self.statuses[status]


class _Supply:
    """How many requests may still be begun: so many, or as many as begin within some seconds."""

    def __init__(self, count: int | None, seconds: float | None) -> None:
        self._left = count
        self._until = time.perf_counter() + seconds if seconds else None

    def take(self) -> bool:
        if self._until is not None and time.perf_counter() >= self._until:
            return False
        if self._left is not None:
            self._left -= 1
            return self._left >= 0
        return True


class _Caller(asyncio.Protocol):
    """Ask again as soon as an answer is whole, until the supply ends."""

    def __init__(self, requests: Sequence[bytes], supply: _Supply, answers: Answers) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._supply = supply
        self._answers = answers
        self._asked = 0
        self._received = b""
        self._whole_at = 0  # bytes of the answer, 0 as long as its head has not said
        self._trouble = ""
        self._is_served = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not self._whole_at and not self._read_head():
            return
        if self._whole_at > 0:
            is_whole = len(self._received) >= self._whole_at
        else:
            is_whole = self._received.endswith(_END_OF_CHUNKS)
        if is_whole:
            self._note()
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_served:
            self.done.set_result(None)
        else:
            trouble = self._trouble or f"the server closed a connection ({exc})"
            self.done.set_exception(ConnectionError(trouble))

    def _ask(self) -> None:
        if not self._supply.take():
            self._is_served = True
            self._transport.close()
            return
        self._received, self._whole_at = b"", 0
        self._began = time.perf_counter()
        self._transport.write(self._requests[self._asked % len(self._requests)])
        self._asked += 1

    def _read_head(self) -> bool:
        end = self._received.find(_END_OF_HEAD)
        if end < 0:
            return False
        head = self._received[: end + 2]
        length = _LENGTH.search(head)
        if length is None and not _CHUNKED.search(head):
            self._trouble = "the server does not say where its answer ends"
            self._transport.abort()
            return False
        self._whole_at = end + len(_END_OF_HEAD) + int(length[1]) if length else -1
        return True

    def _note(self) -> None:
        self._answers.seconds.append(time.perf_counter() - self._began)
        self._answers.statuses[int(self._received[9:12])] += 1


async def asked(
    url: str,
    requests: Sequence[bytes],
    *,
    connections: int = 1,
    count: int | None = None,
    seconds: float | None = None,
) -> Answers:
    """
    Ask *requests* in turn over so many connections, *count* in all or for some *seconds*.

    Raises ConnectionError where the server hangs up, and TimeoutError where it falls silent.
    """
    loop = asyncio.get_running_loop()
    address = urlsplit(url)
    answers = Answers(seconds=[], statuses=Counter(), wall_seconds=0.0)
    supply = _Supply(count, seconds)
    started = time.perf_counter()
    callers = []
    for _ in range(connections):
        _, caller = await loop.create_connection(
            lambda: _Caller(requests, supply, answers), address.hostname or "", address.port or 80
        )
        callers.append(caller)
    async with asyncio.timeout((seconds or 0.0) + _PATIENCE_SECONDS):
        await asyncio.gather(*(caller.done for caller in callers))
    answers.wall_seconds = time.perf_counter() - started
    return answers


def ask(
    url: str,
    requests: Sequence[bytes],
    *,
    connections: int = 1,
    count: int | None = None,
    seconds: float | None = None,
) -> Answers:
    """Do as `asked`, from outside of any event loop."""
    return uvloop.run(asked(url, requests, connections=connections, count=count, seconds=seconds))
