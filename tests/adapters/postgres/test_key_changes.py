"""That every replica hears of a key that is removed, and doubts what it knows when it may have missed one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from qfa_adapters.postgres.key_changes import KeyChanges
from tests.adapters.postgres.conftest import connector_to
from tests.fakes.postgres import PostgresServer

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'qfa-listen@%' AND datname = "


class Heard:
    """What a listener was told."""

    def __init__(self, url: str) -> None:
        self.changed: list[str] = []
        self.doubts = 0
        self.changes = KeyChanges(
            connector_to(url), on_change=self.changed.append, on_doubt=self._count_doubt
        )

    def _count_doubt(self) -> None:
        self.doubts += 1


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process is watched: nothing else tells
            await asyncio.sleep(0.005)


def with_keys(postgres: PostgresServer, database: str, *key_ids: str) -> None:
    postgres.execute("INSERT INTO tenants VALUES ('t', 'Kenya', false)", database)
    for key_id in key_ids:
        postgres.execute(f"INSERT INTO api_keys VALUES ('{key_id}', 't', 'crm', '{key_id}', false)", database)


async def test_removals_and_changes_are_heard_by_all_within_a_second(
    postgres: PostgresServer, postgres_url: str
) -> None:
    database = postgres_url.rpartition("/")[2]
    with_keys(postgres, database, "a", "b", "c")
    one, other = Heard(postgres_url), Heard(postgres_url)
    async with one.changes, other.changes:
        await until(lambda: one.doubts == other.doubts == 1)
        postgres.execute("DELETE FROM api_keys WHERE id = 'a'", database)
        postgres.execute("UPDATE api_keys SET is_superuser = true WHERE id = 'b'", database)
        postgres.execute("DELETE FROM tenants", database)

        await until(lambda: all(len(heard.changed) == 4 for heard in (one, other)), seconds=1)
        assert one.changed[:2] == other.changed[:2] == ["a", "b"]
        assert sorted(one.changed[2:]) == ["b", "c"]


async def test_what_is_rolled_back_is_not_heard(postgres: PostgresServer, postgres_url: str) -> None:
    database = postgres_url.rpartition("/")[2]
    with_keys(postgres, database, "a", "b")
    heard = Heard(postgres_url)
    async with heard.changes:
        await until(lambda: heard.doubts == 1)
        postgres.execute("BEGIN; DELETE FROM api_keys WHERE id = 'a'; ROLLBACK", database)
        postgres.execute("DELETE FROM api_keys WHERE id = 'b'", database)

        await until(lambda: heard.changed == ["b"], seconds=1)


async def test_a_lost_connection_is_replaced_and_everything_known_is_in_doubt(
    postgres: PostgresServer, postgres_url: str
) -> None:
    database = postgres_url.rpartition("/")[2]
    with_keys(postgres, database, "a")
    heard = Heard(postgres_url)
    async with heard.changes:
        await until(lambda: heard.doubts == 1)
        [(backend,)] = postgres.execute(f"{LISTENERS} '{database}'")
        postgres.execute(f"SELECT pg_terminate_backend({backend})")
        await until(lambda: heard.doubts == 3)  # when it is lost, and when listening begins anew
        postgres.execute("DELETE FROM api_keys", database)

        await until(lambda: heard.changed == ["a"], seconds=1)


async def test_a_server_that_answers_no_more_is_noticed(own_postgres: PostgresServer) -> None:
    heard = Heard(own_postgres.url())
    async with heard.changes:
        await until(lambda: heard.doubts == 1)
        own_postgres.freeze()
        try:
            await until(lambda: heard.doubts == 2, seconds=20)
        finally:
            own_postgres.thaw()
        await until(lambda: heard.doubts == 3, seconds=20)


async def test_leaving_ends_the_listening_at_once(own_postgres: PostgresServer) -> None:
    heard = Heard(own_postgres.url())
    own_postgres.stop()
    async with asyncio.timeout(5), heard.changes:
        await asyncio.sleep(0)

    assert heard.changed == []
