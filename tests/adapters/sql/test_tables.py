"""How moments are kept."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.tables import UTCDateTime, llm_calls, metadata
from qfa_adapters.sql.usage_store import SQLUsageStore
from tests.adapters.sql.calls import NOON, a_call


@pytest.mark.parametrize("hours", [-12, 0, 5.75, 14])
async def test_a_moment_comes_back_in_utc(engine: AsyncEngine, hours: float) -> None:
    moment = NOON.astimezone(dt.timezone(dt.timedelta(hours=hours))).replace(microsecond=123456)

    await SQLUsageStore(engine).record([a_call(started_at=moment)])
    async with engine.connect() as connection:
        kept = await connection.scalar(select(llm_calls.c.started_at))

    assert kept == moment
    assert kept.tzinfo is dt.UTC


def test_every_constraint_and_index_has_a_name_that_does_not_depend_on_the_database() -> None:
    names = [part.name for table in metadata.sorted_tables for part in table.indexes | table.constraints]

    assert None not in names


def test_every_moment_is_kept_in_utc() -> None:
    moments = [
        column.type
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_at")
    ]

    assert moments
    assert all(isinstance(kind, UTCDateTime) for kind in moments)
