"""How databases are opened."""

from __future__ import annotations

import stat
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.engine import embedded_engine, postgres_engine
from qfa_core.errors import StoreUnavailable


async def pragma(engine: AsyncEngine, name: str) -> object:
    async with engine.connect() as connection:
        return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()


async def test_the_embedded_store_and_what_lies_beside_it_are_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "qfa.sqlite3"
    engine = embedded_engine(file)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE anything (id TEXT)")
        files = sorted(path.name for path in file.parent.iterdir())
        modes = {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    await engine.dispose()

    assert files == ["qfa.sqlite3", "qfa.sqlite3-shm", "qfa.sqlite3-wal"]
    assert modes == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_every_connection_of_the_embedded_store_is_set_up(tmp_path: Path) -> None:
    engine = embedded_engine(tmp_path / "qfa.sqlite3")
    async with engine.connect():
        second = [await pragma(engine, name) for name in ("foreign_keys", "journal_mode", "busy_timeout")]
    await engine.dispose()

    assert second == [1, "wal", 10_000]


async def test_what_was_kept_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    for statement in ("CREATE TABLE kept (id TEXT)", "INSERT INTO kept VALUES ('x')"):
        engine = embedded_engine(tmp_path / "qfa.sqlite3")
        async with engine.begin() as connection:
            await connection.exec_driver_sql(statement)
        await engine.dispose()
    engine = embedded_engine(tmp_path / "qfa.sqlite3")
    async with engine.connect() as connection:
        kept = (await connection.exec_driver_sql("SELECT id FROM kept")).scalar()
    await engine.dispose()

    assert kept == "x"


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable):
        embedded_engine(tmp_path / "file" / "qfa.sqlite3")


def test_no_engine_shows_the_values_of_its_statements(tmp_path: Path) -> None:
    engines = [embedded_engine(tmp_path / "qfa.sqlite3"), postgres_engine(psycopg.AsyncConnection.connect)]

    assert all(engine.sync_engine.hide_parameters for engine in engines)
