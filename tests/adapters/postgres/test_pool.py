"""That the pool survives whatever happens to its connections, and says quickly when there are none."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.postgres.pool import WAIT_SECONDS
from tests.adapters.postgres.conftest import POOL_MAX, ask, connector_to, pooled
from tests.fakes.postgres import PostgresServer


async def test_connections_are_lent_again_and_never_more_than_the_most(postgres_url: str) -> None:
    async with pooled(connector_to(postgres_url)) as engine:
        backends = await asyncio.gather(*(ask(engine) for _ in range(30)))

        assert 1 <= len(set(backends)) <= POOL_MAX


async def test_more_backends_killed_than_the_pool_holds_do_not_dry_it_up(
    postgres: PostgresServer, postgres_url: str
) -> None:
    async with pooled(connector_to(postgres_url)) as engine:
        for _ in range(3 * POOL_MAX):
            backend = await ask(engine)
            postgres.execute(f"SELECT pg_terminate_backend({backend})")

        assert len(set(await asyncio.gather(*(ask(engine) for _ in range(2 * POOL_MAX))))) <= POOL_MAX


async def test_backends_killed_while_they_work_do_not_dry_the_pool_up(
    postgres: PostgresServer, postgres_url: str
) -> None:
    async with pooled(connector_to(postgres_url)) as engine:
        for _ in range(2 * POOL_MAX):
            async with engine.connect() as connection:
                backend = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
                postgres.execute(f"SELECT pg_terminate_backend({backend})")
                with pytest.raises(DBAPIError):
                    await connection.execute(text("SELECT 1"))

        assert await ask(engine) > 0


async def test_requests_that_are_cancelled_give_their_connection_back(postgres_url: str) -> None:
    async with pooled(connector_to(postgres_url)) as engine:
        for _ in range(2 * POOL_MAX):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await ask(engine, "SELECT 1 FROM pg_sleep(5)")

        assert await ask(engine) > 0


async def test_a_server_that_is_restarted_is_found_again(own_postgres: PostgresServer) -> None:
    async with pooled(connector_to(own_postgres.url())) as engine:
        await asyncio.gather(*(ask(engine) for _ in range(POOL_MAX)))
        own_postgres.kill()
        own_postgres.start()

        assert await ask(engine) > 0


async def test_without_a_server_whoever_asks_is_told_soon_and_the_next_at_once(
    own_postgres: PostgresServer,
) -> None:
    own_postgres.stop()
    async with pooled(connector_to(own_postgres.url())) as engine:
        seconds = []
        for _ in range(2):
            started = time.monotonic()
            with pytest.raises(OperationalError):
                await ask(engine)
            seconds.append(time.monotonic() - started)

        assert seconds[0] < WAIT_SECONDS + 1
        assert seconds[1] < 0.5


async def test_a_server_that_answers_no_more_keeps_nobody_waiting(own_postgres: PostgresServer) -> None:
    async with pooled(connector_to(own_postgres.url())) as engine:
        await asyncio.gather(*(ask(engine) for _ in range(POOL_MAX)))
        own_postgres.freeze()
        started = time.monotonic()
        try:
            for _ in range(POOL_MAX + 1):
                with pytest.raises(OperationalError):
                    await ask(engine)
        finally:
            seconds = time.monotonic() - started
            own_postgres.thaw()

        assert seconds < (POOL_MAX + 1) * (WAIT_SECONDS + 1)
        assert await _asked_until_answered(engine) > 0


async def _asked_until_answered(engine: AsyncEngine) -> int:
    give_up_at = time.monotonic() + 20
    while True:
        try:
            return await ask(engine)
        except OperationalError:
            assert time.monotonic() < give_up_at
            await asyncio.sleep(0.05)


async def test_a_server_that_comes_up_late_is_found_without_a_restart(own_postgres: PostgresServer) -> None:
    own_postgres.stop()
    async with pooled(connector_to(own_postgres.url())) as engine:
        with pytest.raises(OperationalError):
            await ask(engine)
        own_postgres.start()

        assert await _asked_until_answered(engine) > 0


async def test_connections_say_what_they_are_for(postgres: PostgresServer, postgres_url: str) -> None:
    async with pooled(connector_to(postgres_url, role="serve")) as engine:
        backend = await ask(engine)

        [(name,)] = postgres.execute(f"SELECT application_name FROM pg_stat_activity WHERE pid = {backend}")
        assert name.startswith("qfa-serve@")
