"""The pool of connections to a provider."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import httpx

from qfa_core.errors import LLMAnswerUnusable

MAX_REPLY_BYTES = 32 * 1024 * 1024

_PIECE_BYTES = 256 * 1024
_CONNECT_TIMEOUT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 60.0
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")

_parsed = lru_cache(maxsize=8)(httpx.URL)  # a model has one address; httpx would read it anew for each call


class ConnectionPool:
    """
    Lend out connections, the one that was used last first; how many at a time is the caller's to bound.

    Each is a client of its own: httpcore looks at every connection of a pool at the begin and at the end of
    every call, which at 64 of them takes longer than the call itself.
    """

    def __init__(self) -> None:
        self._free: list[httpx.AsyncClient] = []
        self._all: list[httpx.AsyncClient] = []
        self._ssl_context: ssl.SSLContext | None = None

    @asynccontextmanager
    async def post(
        self, url: str, *, content: bytes, headers: httpx.Headers
    ) -> AsyncIterator[httpx.Response]:
        """Send *content* and lend out the response, its body not read yet."""
        connection = self._free.pop() if self._free else self._new()
        headers["content-length"] = str(len(content))
        body = content if len(content) <= _PIECE_BYTES else _in_pieces(content)
        try:
            async with connection.stream("POST", _parsed(url), content=body, headers=headers) as response:
                yield response
        finally:
            self._free.append(connection)

    async def aclose(self) -> None:
        """Close all connections; calls under way fail."""
        for connection in self._all:
            await connection.aclose()

    def _new(self) -> httpx.AsyncClient:
        """
        Return a client for one connection.

        HTTP/1.1 on purpose: with HTTP/2 httpcore tells the provider nothing of a cancelled call, and after a
        hundred of them the connection is stuck (https://github.com/encode/httpcore/pull/1098).
        The environment's proxies and certificates count, as many offices reach the internet no other way; a
        model on this machine is never asked through a proxy.
        """
        if self._ssl_context is None:  # made once, for reading the authorities takes tens of milliseconds
            self._ssl_context = httpx.create_ssl_context()
        no_proxy: Mapping[str, Any] = dict.fromkeys(_LOOPBACK)
        connection = httpx.AsyncClient(
            verify=self._ssl_context,
            timeout=httpx.Timeout(
                None, connect=_CONNECT_TIMEOUT_SECONDS
            ),  # the rest is the attempt's to bound
            limits=httpx.Limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=_KEEP_ALIVE_SECONDS
            ),
            mounts=no_proxy,
        )
        self._all.append(connection)
        return connection


async def _in_pieces(content: bytes) -> AsyncIterator[bytes]:
    """Yield *content* as fast as it is sent, so that none of the layers below holds a second copy of it."""
    for start in range(0, len(content), _PIECE_BYTES):
        yield content[start : start + _PIECE_BYTES]


async def body_of(response: httpx.Response) -> bytes:
    """Read a reply whole; raises LLMAnswerUnusable where it does not end within reason."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            raise LLMAnswerUnusable
    return bytes(body)
