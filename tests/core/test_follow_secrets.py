from __future__ import annotations

import asyncio
import logging

import pytest

from qfa_core.errors import SecretStoreUnavailable
from qfa_core.fakes import InMemorySecretStore
from qfa_core.use_cases.follow_secrets import (
    FIRST_READS,
    LONGEST_RETRY_AFTER_SECONDS,
    RETRY_SECONDS,
    FollowSecrets,
    MalformedSecret,
)

REFRESH_SECONDS = 60.0
FIRST, SECOND = "first-secret", "second-secret"


class Ticks:
    """A sleep that lasts until a test lets it end; the pauses before the first `follow` take no time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._begun = asyncio.Event()
        self._over = asyncio.Event()
        self.takes_time = False

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if not self.takes_time:
            return
        self._begun.set()
        await self._over.wait()
        self._over.clear()

    async def begun(self) -> float:
        """Wait until somebody sleeps, and return for how long."""
        await self._begun.wait()
        return self.seconds[-1]

    async def over(self) -> float:
        """Let one sleep end, and wait for the next to begin."""
        await self.begun()
        self._begun.clear()
        self._over.set()
        return await self.begun()


def number(text: str) -> int:
    if not text.isdigit():
        raise MalformedSecret("wants a number")
    return int(text)


def following(
    store: InMemorySecretStore, ticks: Ticks, *, refresh_seconds: float = REFRESH_SECONDS
) -> FollowSecrets:
    readers = {FIRST: number, SECOND: str}
    return FollowSecrets(store, readers, refresh_seconds=refresh_seconds, sleep=ticks)


def own_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "qfa.secrets"]


async def test_secrets_are_read_before_anybody_asks() -> None:
    store = InMemorySecretStore({FIRST: "1\n", SECOND: "a"})
    async with following(store, Ticks()) as secrets:
        assert (secrets.value(FIRST), secrets.value(SECOND)) == (1, "a")
        assert not secrets.is_degraded


async def test_a_secret_that_there_never_was_is_none_and_no_fault() -> None:
    async with following(InMemorySecretStore({SECOND: "a"}), Ticks()) as secrets:
        assert secrets.value(FIRST) is None
        assert not secrets.is_degraded


async def test_a_new_version_is_taken_over_at_the_next_refresh_and_told_once() -> None:
    store, ticks = InMemorySecretStore({FIRST: "1"}), Ticks()
    changes: list[int | None] = []
    ticks.takes_time = True
    async with following(store, ticks) as secrets:
        secrets.subscribe(lambda: changes.append(secrets.value(FIRST)))
        store.put(FIRST, "2")
        pause = await ticks.over()
        await ticks.over()

    assert changes == [2]
    assert pause == REFRESH_SECONDS


async def test_secrets_that_change_together_are_told_together() -> None:
    store, ticks = InMemorySecretStore({FIRST: "1", SECOND: "a"}), Ticks()
    ticks.takes_time = True
    seen: list[tuple[int | None, str | None]] = []
    async with following(store, ticks) as secrets:
        secrets.subscribe(lambda: seen.append((secrets.value(FIRST), secrets.value(SECOND))))
        store.put(FIRST, "2")
        store.put(SECOND, "b")
        await ticks.over()

    assert seen == [(2, "b")]


async def break_it(store: InMemorySecretStore, how: str) -> None:
    if how == "malformed":
        store.put(FIRST, "canary-of-the-value")
    elif how == "gone":
        store.delete(FIRST)
    elif how == "withheld":
        store.withheld.add(FIRST)
    else:
        store.outage = SecretStoreUnavailable()


@pytest.mark.parametrize("how", ["malformed", "gone", "withheld", "away"])
async def test_whatever_goes_wrong_the_last_good_value_serves_and_the_log_names_the_secret(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store, ticks = InMemorySecretStore({FIRST: "1", SECOND: "a"}), Ticks()
    ticks.takes_time = True
    async with following(store, ticks) as secrets:
        caplog.clear()
        await break_it(store, how)
        await ticks.over()
        value, is_degraded = secrets.value(FIRST), secrets.is_degraded
        complaints = own_lines(caplog)
        store.outage = None
        store.withheld.clear()
        store.put(FIRST, "3")
        await ticks.over()

        assert (value, is_degraded) == (1, True)
        assert (secrets.value(FIRST), secrets.is_degraded) == (3, False)
    assert len(complaints) == 1
    assert FIRST in complaints[0]
    assert "canary" not in str(own_lines(caplog))
    assert own_lines(caplog)[-1] == "All secrets can be read again."


async def test_one_secret_that_cannot_be_read_does_not_hold_up_the_other() -> None:
    store, ticks = InMemorySecretStore({FIRST: "1", SECOND: "a"}), Ticks()
    ticks.takes_time = True
    async with following(store, ticks) as secrets:
        store.withheld.add(FIRST)
        store.put(SECOND, "b")
        await ticks.over()

        assert secrets.value(SECOND) == "b"


async def test_after_an_outage_it_is_asked_sooner_and_then_less_and_less() -> None:
    store, ticks = InMemorySecretStore({FIRST: "1"}), Ticks()
    ticks.takes_time = True
    async with following(store, ticks):
        store.outage = SecretStoreUnavailable()
        pauses = [await ticks.over() for _ in range(6)]

    assert pauses == [RETRY_SECONDS, 10.0, 20.0, 40.0, REFRESH_SECONDS, REFRESH_SECONDS]


async def test_a_refresh_that_is_more_frequent_than_that_stays_as_it_is() -> None:
    store, ticks = InMemorySecretStore({FIRST: "1"}), Ticks()
    ticks.takes_time = True
    async with following(store, ticks, refresh_seconds=1.0):
        store.outage = SecretStoreUnavailable()

        assert [await ticks.over() for _ in range(2)] == [1.0, 1.0]


@pytest.mark.parametrize(("asked", "obeyed"), [(90.0, 90.0), (1e9, LONGEST_RETRY_AFTER_SECONDS)])
async def test_what_the_store_asks_to_wait_is_obeyed_within_reason(asked: float, obeyed: float) -> None:
    store, ticks = InMemorySecretStore({FIRST: "1"}), Ticks()
    ticks.takes_time = True
    async with following(store, ticks):
        store.outage = SecretStoreUnavailable(retry_after_seconds=asked)

        assert await ticks.over() == obeyed


async def test_at_the_start_an_outage_is_sat_out_for_a_moment() -> None:
    store, ticks = InMemorySecretStore({FIRST: "1"}), Ticks()
    store.outage = SecretStoreUnavailable("The store is away.")
    async with following(store, ticks) as secrets:
        assert ticks.seconds == [0.5, 1.0]
        assert store.reads == 2 * FIRST_READS
        assert secrets.issue(FIRST) == "The store is away."


async def test_at_the_start_a_long_wait_is_not_sat_out() -> None:
    store, ticks = InMemorySecretStore({FIRST: "1"}), Ticks()
    store.outage = SecretStoreUnavailable(retry_after_seconds=30)
    async with following(store, ticks) as secrets:
        assert ticks.seconds == []
        assert secrets.is_degraded


async def test_a_malformed_secret_says_what_it_wants() -> None:
    async with following(InMemorySecretStore({FIRST: "canary"}), Ticks()) as secrets:
        assert secrets.issue(FIRST) == "It wants a number."


async def test_nothing_is_left_running() -> None:
    async with following(InMemorySecretStore(), Ticks()):
        pass

    assert [task for task in asyncio.all_tasks() if task.get_name() == "secrets"] == []
