"""The azure SDK's way to a fake vault within one process: by its real name, with the fake's certificate."""

from __future__ import annotations

import socket
import ssl

import aiohttp
import trustme
from aiohttp.abc import AbstractResolver, ResolveResult
from azure.core.pipeline.transport import AioHttpTransport

from tests.fakes.key_vault import FakeKeyVault


class _LeadsTo(AbstractResolver):
    """Resolve every name to one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = {"host": "127.0.0.1", "port": self._port, "family": socket.AF_INET}
        return [ResolveResult(hostname=host, proto=0, flags=0, **address)]  # type: ignore[typeddict-item]

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


def transport_to(vault: FakeKeyVault, authority: trustme.CA) -> AioHttpTransport:
    """Return a transport for one event loop that trusts *authority* alone."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    connector = aiohttp.TCPConnector(ssl=context, resolver=_LeadsTo(vault.port))
    session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
    return AioHttpTransport(session=session, session_owner=True)
