"""Engines on real pools, and a PostgreSQL that a test may stop, freeze and change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.postgres.address import PostgresAddress
from qfa_adapters.postgres.connector import PostgresConnector
from qfa_adapters.postgres.pool import PostgresPool
from qfa_adapters.sql.engine import postgres_engine
from qfa_core.secrets import Secret
from tests.fakes.postgres import PostgresServer

POOL_MAX = 3


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """Start a PostgreSQL for this test alone."""
    with PostgresServer() as server:
        yield server


def connector_to(url: str, role: str = "test") -> PostgresConnector:
    return PostgresConnector(PostgresAddress.from_url(Secret(url)), role=role)


@asynccontextmanager
async def pooled(connector: PostgresConnector, max_size: int = POOL_MAX) -> AsyncIterator[AsyncEngine]:
    """Open a pool, and give an engine that sits on it."""
    async with PostgresPool(connector, min_size=1, max_size=max_size) as pool:
        engine = postgres_engine(pool.connection)
        yield engine
        await engine.dispose()


async def ask(engine: AsyncEngine, statement: str = "SELECT pg_backend_pid()") -> int:
    """Return the one number that *statement* selects."""
    async with engine.connect() as connection:
        return int((await connection.execute(text(statement))).scalar_one())
