"""Fixtures that every ring's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import NullPool, create_engine

from qfa_http.migrate import bring_to_head
from tests.fakes.postgres import PostgresServer

_MIGRATED = "migrated"
_NUMBERS = count()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests on asyncio, which is what the service runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Start a PostgreSQL that all tests share: who stops or changes it starts one of their own."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_database(postgres: PostgresServer) -> str:
    """Name a database at head, for others to be copied from."""
    url = postgres.create_database(_MIGRATED).replace("postgresql://", "postgresql+psycopg://")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        bring_to_head(connection)
    return _MIGRATED


@pytest.fixture
def postgres_url(postgres: PostgresServer, migrated_database: str) -> Iterator[str]:
    """Name a database of the test's own in PostgreSQL, with empty tables."""
    name = f"test-{next(_NUMBERS)}"
    yield postgres.create_database(name, migrated_database)
    postgres.drop_database(name)
