"""That a database is brought to head once, however many ask for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, event, insert, inspect, select, table, update
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.engine import embedded_engine
from qfa_adapters.sql.tables import metadata, tenants
from qfa_core.errors import StoreUnavailable
from qfa_http.migrate import head_revision, upgrade
from tests.migrations.migrating import end_of, start_migrating

VERSIONS = table("alembic_version", column("version_num"))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Give the engine of an embedded store without tables."""
    engine = embedded_engine(tmp_path / "qfa.sqlite3")
    yield engine
    await engine.dispose()


def statements_of(engine: AsyncEngine) -> list[str]:
    statements: list[str] = []
    event.listen(
        engine.sync_engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2])
    )
    return statements


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_an_empty_database_gets_every_table(engine: AsyncEngine) -> None:
    await upgrade(engine)

    async with engine.connect() as connection:
        assert await connection.run_sync(tables) == {*metadata.tables, "alembic_version"}


async def test_a_database_at_head_is_left_alone_after_one_look(engine: AsyncEngine) -> None:
    await upgrade(engine)
    statements = statements_of(engine)

    await upgrade(engine)

    assert not [statement for statement in statements if not statement.startswith(("SELECT", "PRAGMA"))]
    assert len(statements) <= 2


async def test_a_database_that_a_newer_replica_migrated_is_left_alone(engine: AsyncEngine) -> None:
    await upgrade(engine)
    newer = f"{int(head_revision()) + 1:04}"
    async with engine.begin() as connection:
        await connection.execute(update(VERSIONS), {"version_num": newer})

    await upgrade(engine)

    async with engine.connect() as connection:
        assert await connection.scalar(select(VERSIONS.c.version_num)) == newer


async def test_foreign_keys_hold_again_after_migrating(engine: AsyncEngine) -> None:
    await upgrade(engine)

    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar() == 1


async def test_a_migration_that_fails_leaves_nothing_half_done(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE llm_calls (in_the_way TEXT)")

    with pytest.raises(StoreUnavailable):
        await upgrade(engine)

    async with engine.connect() as connection:
        assert await connection.run_sync(tables) == {"llm_calls"}
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar() == 1


async def test_what_a_database_holds_survives_migrating_again(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.begin() as connection:
        await connection.execute(insert(tenants), {"id": "t", "name": "Kenya", "allows_superusers": False})

    await upgrade(engine)

    async with engine.connect() as connection:
        assert (await connection.scalar(select(tenants.c.name))) == "Kenya"


async def test_processes_that_start_at_once_migrate_once_and_all_succeed(tmp_path: Path) -> None:
    processes = [start_migrating(tmp_path) for _ in range(3)]
    outcomes = [end_of(process) for process in processes]
    engine = embedded_engine(tmp_path / "qfa.sqlite3")
    async with engine.connect() as connection:
        versions = (await connection.execute(select(VERSIONS.c.version_num))).all()
    await engine.dispose()

    assert outcomes == [("", "", 0)] * 3
    assert versions == [(head_revision(),)]


def test_nothing_happens_where_usage_is_not_tracked(tmp_path: Path) -> None:
    ended = end_of(start_migrating(tmp_path, DB_TRACK_USAGE="false"))

    assert ended == ("", "", 0)
    assert list(tmp_path.iterdir()) == []


def test_a_database_out_of_reach_is_one_line_that_gives_nothing_away(tmp_path: Path) -> None:
    output, errors, status = end_of(
        start_migrating(tmp_path, DB_URL="postgresql://canary-user:canary-password@127.0.0.1:1/name")
    )

    assert (output, status) == ("", 1)
    assert errors == "qfa: The database could not be reached: OperationalError.\n"
    assert "canary" not in errors


def test_a_malformed_setting_is_one_line_that_names_it(tmp_path: Path) -> None:
    output, errors, status = end_of(start_migrating(tmp_path, DB_TRACK_USAGE="canary"))

    assert (output, status) == ("", 1)
    assert errors.startswith("qfa: DB_TRACK_USAGE ")
    assert len(errors.splitlines()) == 1
    assert "canary" not in errors
