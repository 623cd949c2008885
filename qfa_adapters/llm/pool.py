"""The pool of connections to a provider."""

from __future__ import annotations

from typing import Any

import httpx

from qfa_core.errors import LLMAnswerUnusable

MAX_REPLY_BYTES = 32 * 1024 * 1024

_CONNECT_TIMEOUT_SECONDS = 10.0
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


def pool_of(places: int) -> httpx.AsyncClient:
    """
    Return a pool with a place for every call that may be under way.

    HTTP/1.1 on purpose: with HTTP/2 httpcore tells the provider nothing of a cancelled call, and after a
    hundred of them the connection is stuck (https://github.com/encode/httpcore/pull/1098).
    The environment's proxies and certificates count, as many offices reach the internet no other way; a model
    on this machine is never asked through a proxy.
    """
    no_proxy: dict[str, Any] = dict.fromkeys(_LOOPBACK)
    return httpx.AsyncClient(
        timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT_SECONDS),  # the rest is the attempt's to bound
        limits=httpx.Limits(max_connections=places, max_keepalive_connections=places, keepalive_expiry=60.0),
        mounts=no_proxy,
    )


async def body_of(response: httpx.Response) -> bytes:
    """Read a reply whole; raises LLMAnswerUnusable where it does not end within reason."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            raise LLMAnswerUnusable
    return bytes(body)
