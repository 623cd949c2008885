"""Every store that keeps a port's promises, behind one fixture, so that each test runs on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.engine import embedded_engine, postgres_engine
from qfa_adapters.sql.key_store import SQLKeyStore, SQLTenantStore
from qfa_adapters.sql.usage_store import SQLUsageStore
from qfa_core.fakes.in_memory_key_store import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.ports.usage_store import UsageStore
from qfa_http.migrate import upgrade


class Registries(NamedTuple):
    """Where tenants and their keys are kept."""

    tenants: TenantRegistry
    keys: KeyRegistry


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[AsyncEngine]:
    """Open an embedded store that was migrated to head."""
    engine = embedded_engine(folder / "qfa.sqlite3")
    await upgrade(engine)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def postgresql(url: str) -> AsyncIterator[AsyncEngine]:
    """Open a database of PostgreSQL that was migrated to head."""
    engine = postgres_engine(partial(psycopg.AsyncConnection.connect, url))
    yield engine
    await engine.dispose()


DATABASES = ("sqlite", "postgresql")
IN_MEMORY = "in memory"


def opened(request: pytest.FixtureRequest, folder: Path) -> AbstractAsyncContextManager[AsyncEngine]:
    """Open the database that the fixture's parameter names, with empty tables."""
    if request.param == "sqlite":
        return sqlite(folder)
    return postgresql(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=DATABASES)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Give an engine of each database, with empty tables."""
    async with opened(request, tmp_path) as engine:
        yield engine


@pytest.fixture
async def engine_without_tables(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Give an engine whose every statement fails."""
    engine = embedded_engine(tmp_path / "empty.sqlite3")
    yield engine
    await engine.dispose()


@pytest.fixture(params=[IN_MEMORY, *DATABASES])
async def usage_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[UsageStore]:
    """Give each usage store, empty."""
    if request.param == IN_MEMORY:
        yield InMemoryUsageStore()
        return
    async with opened(request, tmp_path) as engine:
        yield SQLUsageStore(engine)


@pytest.fixture(params=[IN_MEMORY, *DATABASES])
async def registries(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Registries]:
    """Give each pair of stores of tenants and keys, empty."""
    if request.param == IN_MEMORY:
        keys = InMemoryKeyStore()
        yield Registries(InMemoryTenantStore(keys), keys)
        return
    async with opened(request, tmp_path) as engine:
        yield Registries(SQLTenantStore(engine), SQLKeyStore(engine))
