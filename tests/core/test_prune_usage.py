"""Pruning: what is deleted, in what order, and that nothing is lost where an archive was asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from qfa_core.errors import UsageStoreUnavailable
from qfa_core.fakes import InMemoryUsageStore
from qfa_core.usage import LLMCall
from qfa_core.use_cases.prune_usage import PruneUsage

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def a_call(number: int) -> LLMCall:
    """Return a call that started so many minutes after noon."""
    return LLMCall(
        id=f"call-{number}",
        request_id=f"request-{number}",
        tenant_id="kenya",
        operation="summarize",
        model="openai/gpt",
        started_at=NOON + number * MINUTE,
        duration_ms=100,
    )


async def a_store(count: int = 5) -> InMemoryUsageStore:
    """Return a store of calls a minute apart, the latest recorded first."""
    store = InMemoryUsageStore()
    await store.record([a_call(number) for number in reversed(range(count))])
    return store


def minutes(calls: Sequence[LLMCall]) -> list[int]:
    return [(call.started_at - NOON) // MINUTE for call in calls]


class Archived:
    """An archive that keeps batches in memory, and tells what the store held at the time."""

    def __init__(self, store: InMemoryUsageStore, fails_at_batch: int | None = None) -> None:
        self.batches: list[list[int]] = []
        self.in_store: list[list[int]] = []
        self._store = store
        self._fails_at_batch = fails_at_batch

    async def __call__(self, calls: Sequence[LLMCall]) -> None:
        if len(self.batches) == self._fails_at_batch:
            raise OSError
        self.batches.append(minutes(calls))
        self.in_store.append(sorted(minutes(self._store.calls)))


async def test_calls_from_before_are_deleted_and_those_of_the_very_moment_are_kept() -> None:
    store = await a_store()

    forgotten = await PruneUsage(store).prune(NOON + 3 * MINUTE)

    assert forgotten == 3
    assert sorted(minutes(store.calls)) == [3, 4]


async def test_counting_deletes_nothing() -> None:
    store = await a_store()

    count = await PruneUsage(store).count(NOON + 3 * MINUTE)

    assert count == 3
    assert len(store.calls) == 5


async def test_where_nothing_is_old_nothing_is_deleted() -> None:
    store = await a_store()
    prune = PruneUsage(store)

    assert (await prune.count(NOON), await prune.prune(NOON)) == (0, 0)


async def test_each_batch_is_archived_the_oldest_first_while_it_is_still_kept() -> None:
    store = await a_store()
    archive = Archived(store)

    await PruneUsage(store, batch_size=2).prune(NOON + 5 * MINUTE, archive=archive)

    assert archive.batches == [[0, 1], [2, 3], [4]]
    assert archive.in_store == [[0, 1, 2, 3, 4], [2, 3, 4], [4]]


async def test_a_batch_that_cannot_be_archived_is_not_deleted() -> None:
    store = await a_store()

    with pytest.raises(OSError):  # noqa: PT011 - the archive's own, as it is
        await PruneUsage(store, batch_size=2).prune(
            NOON + 5 * MINUTE, archive=Archived(store, fails_at_batch=1)
        )

    assert sorted(minutes(store.calls)) == [2, 3, 4]


async def test_progress_is_told_a_batch() -> None:
    told: list[int] = []

    await PruneUsage(await a_store(), batch_size=2).prune(NOON + 5 * MINUTE, on_forgotten=told.append)

    assert told == [2, 2, 1]


async def test_calls_that_another_process_deletes_meanwhile_do_not_count() -> None:
    store = await a_store()

    async def archive_while_another_prunes(calls: Sequence[LLMCall]) -> None:
        await store.forget([calls[0].id])

    forgotten = await PruneUsage(store).prune(NOON + 5 * MINUTE, archive=archive_while_another_prunes)

    assert forgotten == 4
    assert store.calls == ()


async def test_a_store_that_is_away_is_an_error() -> None:
    store = await a_store()
    store.available = False

    with pytest.raises(UsageStoreUnavailable):
        await PruneUsage(store).count(NOON)
    with pytest.raises(UsageStoreUnavailable):
        await PruneUsage(store).prune(NOON)
