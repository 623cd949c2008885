"""Logging in by token, over TLS: a real PostgreSQL whose role's password is whatever token came last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from sqlalchemy.exc import OperationalError

from qfa_adapters.azure.tokens import ManagedIdentityTokens
from qfa_adapters.postgres.address import PostgresAddress
from qfa_adapters.postgres.connector import PostgresConnector
from qfa_core.secrets import Secret
from tests.adapters.postgres.conftest import ask, pooled
from tests.fakes.identity import DATABASE_RESOURCE, IdentityEndpoint, Manner
from tests.fakes.postgres import PostgresServer
from tests.fakes.tls_relay import TLSRelay

ROLE = "identity-of-the-service"


class Azure(NamedTuple):
    """A database that is reached over TLS, and the identity endpoint that has the keys to it."""

    postgres: PostgresServer
    relay: TLSRelay
    endpoint: IdentityEndpoint

    def connector(self, options: str = "") -> PostgresConnector:
        url = Secret(f"postgresql://{ROLE}:unused@localhost:{self.relay.port}/postgres{options}")
        tokens = ManagedIdentityTokens(f"{DATABASE_RESOURCE}/.default")
        return PostgresConnector(PostgresAddress.from_url(url, tls=True), role="test", tokens=tokens)

    def change_password(self, token: str) -> None:
        self.postgres.execute(f"ALTER ROLE \"{ROLE}\" PASSWORD '{token}'")


@pytest.fixture
def azure(own_postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    own_postgres.execute(f'CREATE ROLE "{ROLE}" LOGIN')

    def change_password(token: str) -> None:
        own_postgres.execute(f"ALTER ROLE \"{ROLE}\" PASSWORD '{token}'")

    with TLSRelay(own_postgres.port) as relay, IdentityEndpoint(change_password) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield Azure(own_postgres, relay, endpoint)


async def test_every_new_connection_gets_a_token_that_holds_and_nobody_notices_the_change(
    azure: Azure,
) -> None:
    azure.endpoint.lifetime_seconds = 120.5  # due again after half a second
    async with pooled(azure.connector()) as engine:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            await asyncio.gather(*(ask(engine) for _ in range(5)))
            backend = await ask(engine)
            azure.postgres.execute(f"SELECT pg_terminate_backend({backend})")

    assert len(azure.endpoint.tokens) >= 3
    assert azure.relay.refused == 0


async def test_a_token_that_is_replaced_before_its_time_is_replaced_here_too(azure: Azure) -> None:
    async with pooled(azure.connector(), max_size=1) as engine:
        backend = await ask(engine)
        azure.change_password("another")
        azure.postgres.execute(f"SELECT pg_terminate_backend({backend})")

        assert await ask(engine) > 0
    assert len(azure.endpoint.tokens) == 2


@pytest.mark.parametrize("manner", ["fails", "silent", "babbles"])
async def test_without_a_token_whoever_asks_is_told_soon_and_served_once_there_is_one(
    azure: Azure, manner: Manner, caplog: pytest.LogCaptureFixture
) -> None:
    azure.endpoint.manner = manner
    async with pooled(azure.connector()) as engine:
        started = time.monotonic()
        with pytest.raises(OperationalError):
            await ask(engine)
        told_after = time.monotonic() - started
        azure.endpoint.manner = "normal"
        give_up_at = time.monotonic() + 20
        while True:
            try:
                assert await ask(engine) > 0
                break
            except OperationalError:
                assert time.monotonic() < give_up_at
                await asyncio.sleep(0.1)

    assert told_after < 3
    own_lines = [record.getMessage() for record in caplog.records if record.name.startswith("qfa")]
    assert any("token" in line for line in own_lines)
    assert "canary" not in str(own_lines)


async def test_a_token_never_leaves_without_tls(azure: Azure, own_postgres: PostgresServer) -> None:
    url = Secret(f"postgresql://{ROLE}@127.0.0.1:{own_postgres.port}/postgres")  # built without TLS
    tokens = ManagedIdentityTokens(f"{DATABASE_RESOURCE}/.default")
    connector = PostgresConnector(PostgresAddress.from_url(url, tls=True), role="test", tokens=tokens)
    async with pooled(connector) as engine:
        with pytest.raises(OperationalError):
            await ask(engine)


async def test_a_server_whose_certificate_nobody_vouches_for_is_refused_where_that_is_wanted(
    azure: Azure, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("authorities")
    azure.relay.authority.cert_pem.write_to_path(str(folder / "ours.pem"))
    TLSRelay(0).authority.cert_pem.write_to_path(str(folder / "another.pem"))

    async with pooled(azure.connector(f"?sslmode=verify-full&sslrootcert={folder / 'ours.pem'}")) as engine:
        assert await ask(engine) > 0
    async with pooled(
        azure.connector(f"?sslmode=verify-full&sslrootcert={folder / 'another.pem'}")
    ) as engine:
        with pytest.raises(OperationalError):
            await ask(engine)
