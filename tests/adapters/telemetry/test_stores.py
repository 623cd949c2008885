"""What is told of work in the database, and that nothing else about it changes."""

from __future__ import annotations

import datetime as dt

import pytest

from qfa_adapters.telemetry import names
from qfa_adapters.telemetry.requests import RequestSpans
from qfa_adapters.telemetry.stores import (
    DatabaseSpans,
    TracingKeyRegistry,
    TracingTenantRegistry,
    TracingUsageStore,
)
from qfa_core.contracts import UsageStoreContract
from qfa_core.errors import Conflict, UsageStoreUnavailable
from qfa_core.fakes.in_memory_key_store import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.ports.usage_store import UsageStore
from qfa_core.tenancy import ApiKey, Tenant
from qfa_core.usage import UsageQuery
from tests.adapters.sql.calls import a_call
from tests.adapters.telemetry.seeing import Seen

TENANT = Tenant(id="CANARY-tenant", name="CANARY")
KEY = ApiKey(id="CANARY-key", name="CANARY", tenant_id=TENANT.id)
DIGEST = "CANARY-digest"


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def spans(seen: Seen) -> DatabaseSpans:
    return DatabaseSpans(seen.tracer, "postgresql")


class TestTracingUsageStore(UsageStoreContract):
    """What a usage store promises, told of or not."""

    @pytest.fixture
    def usage_store(self, spans: DatabaseSpans) -> UsageStore:
        return TracingUsageStore(InMemoryUsageStore(), spans)

    @pytest.fixture
    def unreachable_usage_store(self, spans: DatabaseSpans) -> UsageStore:
        store = InMemoryUsageStore()
        store.available = False
        return TracingUsageStore(store, spans)


async def test_each_use_of_the_usage_store_is_a_span(seen: Seen, spans: DatabaseSpans) -> None:
    store = TracingUsageStore(InMemoryUsageStore(), spans)
    await store.record([a_call(), a_call()])
    await store.totals(UsageQuery())
    await store.oldest(dt.datetime.now(dt.UTC), 5)
    await store.forget(["CANARY"])
    await store.check()

    found = seen.spans()
    assert [span.name for span in found] == ["usage.record", "usage.totals", "usage.oldest", "usage.forget"]
    assert dict(found[0].attributes or {}) == {
        names.DB_SYSTEM: "postgresql",
        names.DB_OPERATION: "usage.record",
        names.DB_BATCH_SIZE: 2,
    }
    assert "CANARY" not in seen.everything()


async def test_each_use_of_keys_and_tenants_is_a_span_without_their_names(
    seen: Seen, spans: DatabaseSpans
) -> None:
    keys = InMemoryKeyStore()
    registry = TracingKeyRegistry(keys, spans)
    tenants = TracingTenantRegistry(InMemoryTenantStore(keys), spans)
    await tenants.add(TENANT)
    await registry.add(KEY, DIGEST)

    assert await tenants.find(TENANT.id) == TENANT
    assert await tenants.tenants() == (TENANT,)
    assert await registry.find(DIGEST) == KEY
    assert await registry.keys(TENANT.id) == (KEY,)
    with pytest.raises(Conflict):
        await registry.add(KEY, DIGEST)
    await registry.remove(KEY.id)
    await tenants.remove(TENANT.id)
    await registry.check()
    assert [span.name for span in seen.spans()] == [
        *("tenants.add", "keys.add", "tenants.find", "tenants.tenants", "keys.find", "keys.keys"),
        *("keys.add", "keys.remove", "tenants.remove"),
    ]
    assert "CANARY" not in seen.everything()


async def test_a_failure_is_told_by_its_class(seen: Seen, spans: DatabaseSpans) -> None:
    inner = InMemoryUsageStore()
    inner.available = False
    with pytest.raises(UsageStoreUnavailable):
        await TracingUsageStore(inner, spans).totals(UsageQuery())

    [span] = seen.spans()
    assert (span.attributes or {})[names.ERROR] == "UsageStoreUnavailable"
    assert (span.status.description, span.events) == (None, ())


async def test_work_within_a_request_bears_its_id(seen: Seen, spans: DatabaseSpans) -> None:
    with RequestSpans(seen.tracer, seen.meter).watch("request-3", "GET", None) as tell:
        await TracingUsageStore(InMemoryUsageStore(), spans).totals(UsageQuery())
        tell({"duration_ms": 1.0, "status": 200})

    work, request = seen.spans()
    assert (work.attributes or {})[names.REQUEST_ID] == "request-3"
    assert work.parent is not None
    assert work.parent.span_id == request.context.span_id
