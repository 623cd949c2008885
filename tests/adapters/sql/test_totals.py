"""That SQL adds up as the fake does, whatever the calls."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.tables import llm_calls
from qfa_adapters.sql.usage_store import SQLUsageStore
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.usage import LLMCall, UsageQuery
from tests.adapters.sql.calls import NOON, figures

TENANTS = st.sampled_from(["kenya", "nepal", "Україна"])
OPERATIONS = st.sampled_from(["analyze", "summarize", "assign_codes"])
ZONES = st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=45))])
# A few moments only, so that calls often fall on the very ends of the window.
MOMENTS = st.builds(
    lambda minutes, zone: (NOON + dt.timedelta(minutes=minutes)).astimezone(zone), st.integers(0, 5), ZONES
)
CALLS = st.builds(
    LLMCall,
    id=st.uuids().map(str),
    request_id=st.sampled_from([f"request-{number}" for number in range(8)]),
    tenant_id=TENANTS,
    operation=OPERATIONS,
    model=st.just("openai/gpt"),
    started_at=MOMENTS,
    duration_ms=st.integers(0, 700_000),
    input_tokens=st.none() | st.integers(0, 100_000),
    output_tokens=st.none() | st.integers(0, 10_000),
    cost_usd=st.none() | st.floats(0, 10),
    failure=st.none() | st.just("LLMTimeout"),
)
GROUPINGS = st.sampled_from([(), ("tenant",), ("operation",), ("tenant", "operation")])
QUERIES = st.builds(
    UsageQuery,
    since=st.none() | MOMENTS,
    until=st.none() | MOMENTS,
    tenant_id=st.none() | TENANTS,
    groupings=st.lists(GROUPINGS, min_size=1, unique=True).map(tuple),
)


@given(calls=st.lists(CALLS, max_size=40), query=QUERIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_sql_adds_up_what_the_fake_adds_up(
    engine: AsyncEngine, calls: list[LLMCall], query: UsageQuery
) -> None:
    async with engine.begin() as connection:
        await connection.execute(delete(llm_calls))
    fake, sql = InMemoryUsageStore(), SQLUsageStore(engine)
    await fake.record(calls)
    await sql.record(calls)

    added_up = figures(await sql.totals(query))

    assert added_up == pytest.approx(figures(await fake.totals(query)))
