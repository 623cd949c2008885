"""Stores that tell of another's work in the database: one span a call of the port, never a statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager

from opentelemetry.trace import Span, SpanKind, Tracer

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.spans import request_id, span_of
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.ports.usage_store import UsageStore
from qfa_core.tenancy import ApiKey, Tenant
from qfa_core.usage import LLMCall, UsageQuery, UsageTotals


class DatabaseSpans:
    """Spans of work in one database; *system* is its kind, `postgresql` or `sqlite`."""

    def __init__(self, tracer: Tracer, system: str) -> None:
        self._tracer = tracer
        self._system = system

    def of(self, operation: str, batch_size: int | None = None) -> AbstractContextManager[Span]:
        """Make a span of *operation*, the name of the port's method, the current one."""
        facts = {
            names.DB_SYSTEM: self._system,
            names.DB_OPERATION: operation,
            names.DB_BATCH_SIZE: batch_size,
            names.REQUEST_ID: request_id(),
        }
        return span_of(self._tracer, operation, SpanKind.CLIENT, facts)


class TracingUsageStore(UsageStore):
    """Tell of the work of *store*. What is written behind requests stands in traces of its own."""

    def __init__(self, store: UsageStore, spans: DatabaseSpans) -> None:
        self._store = store
        self._spans = spans

    async def record(self, calls: Sequence[LLMCall]) -> None:
        with self._spans.of("usage.record", len(calls)):
            await self._store.record(calls)

    async def totals(self, query: UsageQuery) -> tuple[UsageTotals, ...]:
        with self._spans.of("usage.totals"):
            return await self._store.totals(query)

    async def oldest(self, before: dt.datetime, limit: int) -> tuple[LLMCall, ...]:
        with self._spans.of("usage.oldest"):
            return await self._store.oldest(before, limit)

    async def forget(self, ids: Sequence[str]) -> int:
        with self._spans.of("usage.forget", len(ids)):
            return await self._store.forget(ids)

    async def check(self) -> None:
        """Check the store; no span: probes would outnumber everything else."""
        await self._store.check()


class TracingKeyRegistry(KeyRegistry):
    """Tell of the work of *registry*."""

    def __init__(self, registry: KeyRegistry, spans: DatabaseSpans) -> None:
        self._registry = registry
        self._spans = spans

    async def find(self, digest: str) -> ApiKey | None:
        with self._spans.of("keys.find"):
            return await self._registry.find(digest)

    async def add(self, key: ApiKey, digest: str) -> None:
        with self._spans.of("keys.add"):
            await self._registry.add(key, digest)

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        with self._spans.of("keys.keys"):
            return await self._registry.keys(tenant_id)

    async def remove(self, key_id: str) -> None:
        with self._spans.of("keys.remove"):
            await self._registry.remove(key_id)

    async def check(self) -> None:
        """Check the registry, without a span."""
        await self._registry.check()


class TracingTenantRegistry(TenantRegistry):
    """Tell of the work of *registry*."""

    def __init__(self, registry: TenantRegistry, spans: DatabaseSpans) -> None:
        self._registry = registry
        self._spans = spans

    async def add(self, tenant: Tenant) -> None:
        with self._spans.of("tenants.add"):
            await self._registry.add(tenant)

    async def find(self, tenant_id: str) -> Tenant | None:
        with self._spans.of("tenants.find"):
            return await self._registry.find(tenant_id)

    async def tenants(self) -> tuple[Tenant, ...]:
        with self._spans.of("tenants.tenants"):
            return await self._registry.tenants()

    async def remove(self, tenant_id: str) -> None:
        with self._spans.of("tenants.remove"):
            await self._registry.remove(tenant_id)
