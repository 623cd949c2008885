"""Tenants and their keys in SQL."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Delete, Insert, Row, Select, bindparam, delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.errors import translated
from qfa_adapters.sql.tables import api_keys, tenants
from qfa_core.errors import KeyStoreUnavailable, NotFound
from qfa_core.patience import within
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.tenancy import ApiKey, Tenant

LOOK_UPS_AT_A_TIME = 2  # a flood of wrong keys fills a queue, not the event loop
PATIENCE_SECONDS = 10.0  # with a statement on a few rows: a database that takes longer hangs

_KEYS = select(api_keys.c.id, api_keys.c.name, api_keys.c.tenant_id, api_keys.c.is_superuser)
_KEY_BY_DIGEST = _KEYS.where(api_keys.c.digest == bindparam("digest"))
_TENANTS = select(tenants.c.id, tenants.c.name, tenants.c.allows_superusers)


class SQLKeyStore(KeyRegistry):
    """Keys in a table, found by their digest under a unique index."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turns = asyncio.Semaphore(LOOK_UPS_AT_A_TIME)

    async def find(self, digest: str) -> ApiKey | None:
        with translated(KeyStoreUnavailable):
            async with asyncio.timeout(PATIENCE_SECONDS), self._turns:
                rows = await _read(self._engine, _KEY_BY_DIGEST, digest=digest)
        return _api_key(rows[0]) if rows else None

    async def add(self, key: ApiKey, digest: str) -> None:
        # Read from the tenant's own row, so that a missing tenant shows as no row inserted.
        row = select(
            literal(key.id),
            tenants.c.id,
            literal(key.name),
            literal(digest),
            literal(key.is_superuser),
        ).where(tenants.c.id == key.tenant_id)
        columns = ["id", "tenant_id", "name", "digest", "is_superuser"]
        statement = insert(api_keys).from_select(columns, row).execution_options(preserve_rowcount=True)
        if await _changed(self._engine, statement) == 0:
            raise NotFound

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        wanted = _KEYS if tenant_id is None else _KEYS.where(api_keys.c.tenant_id == tenant_id)
        keys = [_api_key(row) for row in await _read(self._engine, wanted)]
        # Sorted here, because databases disagree on the order of text.
        return tuple(sorted(keys, key=lambda key: (key.tenant_id, key.name, key.id)))

    async def remove(self, key_id: str) -> None:
        if await _changed(self._engine, delete(api_keys).where(api_keys.c.id == key_id)) == 0:
            raise NotFound

    async def check(self) -> None:
        await _read(self._engine, _KEYS.limit(1))


class SQLTenantStore(TenantRegistry):
    """Tenants in a table; their keys go with them by the foreign key's cascade."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, tenant: Tenant) -> None:
        row = {"id": tenant.id, "name": tenant.name, "allows_superusers": tenant.allows_superusers}
        await _changed(self._engine, insert(tenants).values(row))

    async def find(self, tenant_id: str) -> Tenant | None:
        rows = await _read(self._engine, _TENANTS.where(tenants.c.id == tenant_id))
        return _tenant(rows[0]) if rows else None

    async def tenants(self) -> tuple[Tenant, ...]:
        found = [_tenant(row) for row in await _read(self._engine, _TENANTS)]
        return tuple(sorted(found, key=lambda tenant: tenant.name))

    async def remove(self, tenant_id: str) -> None:
        if await _changed(self._engine, delete(tenants).where(tenants.c.id == tenant_id)) == 0:
            raise NotFound


async def _read(engine: AsyncEngine, statement: Select[Any], **values: str) -> list[Row[Any]]:
    async def rows() -> list[Row[Any]]:
        async with engine.connect() as connection:
            return list((await connection.execute(statement, values)).all())

    with translated(KeyStoreUnavailable):
        return await within(PATIENCE_SECONDS, rows())


async def _changed(engine: AsyncEngine, statement: Insert | Delete) -> int:
    """Run *statement* in a transaction and return how many rows it changed."""

    async def change() -> int:
        async with engine.begin() as connection:
            return (await connection.execute(statement)).rowcount

    with translated(KeyStoreUnavailable):
        return await within(PATIENCE_SECONDS, change())


def _api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(id=row.id, name=row.name, tenant_id=row.tenant_id, is_superuser=row.is_superuser)


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(id=row.id, name=row.name, allows_superusers=row.allows_superusers)
