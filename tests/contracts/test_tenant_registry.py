"""The contract of registries of tenants, on ours."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.key_store import SQLKeyStore, SQLTenantStore
from qfa_core.contracts import TenantRegistryContract
from qfa_core.fakes import InMemoryKeyStore, InMemoryTenantStore


class TestInMemoryTenantStore(TenantRegistryContract):
    @pytest.fixture
    def key_registry(self) -> InMemoryKeyStore:
        return InMemoryKeyStore()

    @pytest.fixture
    def tenant_registry(self, key_registry: InMemoryKeyStore) -> InMemoryTenantStore:
        return InMemoryTenantStore(key_registry)

    @pytest.fixture
    def unreachable_tenant_registry(self) -> InMemoryTenantStore:
        keys = InMemoryKeyStore()
        keys.available = False
        return InMemoryTenantStore(keys)


class TestSQLTenantStoreOnSQLite(TenantRegistryContract):
    @pytest.fixture
    def key_registry(self, sqlite_engine: AsyncEngine) -> SQLKeyStore:
        return SQLKeyStore(sqlite_engine)

    @pytest.fixture
    def tenant_registry(self, sqlite_engine: AsyncEngine) -> SQLTenantStore:
        return SQLTenantStore(sqlite_engine)

    @pytest.fixture
    def unreachable_tenant_registry(self, unreachable_sqlite_engine: AsyncEngine) -> SQLTenantStore:
        return SQLTenantStore(unreachable_sqlite_engine)


class TestSQLTenantStoreOnPostgreSQL(TenantRegistryContract):
    @pytest.fixture
    def key_registry(self, postgresql_engine: AsyncEngine) -> SQLKeyStore:
        return SQLKeyStore(postgresql_engine)

    @pytest.fixture
    def tenant_registry(self, postgresql_engine: AsyncEngine) -> SQLTenantStore:
        return SQLTenantStore(postgresql_engine)

    @pytest.fixture
    def unreachable_tenant_registry(self, unreachable_postgresql_engine: AsyncEngine) -> SQLTenantStore:
        return SQLTenantStore(unreachable_postgresql_engine)
