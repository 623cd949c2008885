"""Databases for the contracts of stores: one of PostgreSQL for all tests, emptied before each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.engine import embedded_engine, postgres_engine
from qfa_adapters.sql.tables import metadata
from tests.adapters.sql.conftest import postgresql, sqlite
from tests.fakes.postgres import PostgresServer

collect_ignore = ["foreign"]  # a stranger's repository, which test_foreign_repository.py runs


@pytest.fixture
async def sqlite_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Give an engine on an embedded store with empty tables."""
    async with sqlite(tmp_path) as engine:
        yield engine


@pytest.fixture
async def unreachable_sqlite_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Give an engine on an embedded store without tables."""
    engine = embedded_engine(tmp_path / "without-tables.sqlite3")
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def contracts_url(postgres: PostgresServer, migrated_database: str) -> str:
    """Name a database in PostgreSQL for the contracts."""
    return postgres.create_database("contracts", migrated_database)


@pytest.fixture
async def postgresql_engine(contracts_url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine on PostgreSQL with empty tables."""
    async with postgresql(contracts_url) as engine:
        async with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(table.delete())
        yield engine


@pytest.fixture
async def unreachable_postgresql_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Give an engine on a PostgreSQL that does not run."""
    engine = postgres_engine(partial(psycopg.AsyncConnection.connect, host=str(tmp_path)))
    yield engine
    await engine.dispose()
