"""That the migrations make the tables that the code works with, and unmake them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from qfa_adapters.sql.tables import metadata
from qfa_http.migrate import head_revision, migrations_folder

ROOT = Path(__file__).parents[2]

Alembic = Callable[..., None]


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_migrations_go_up_and_down_and_up_again(alembic: Alembic, url: str) -> None:
    alembic(command.upgrade, "head")
    up = tables(url)
    alembic(command.downgrade, "base")
    down = tables(url)
    alembic(command.upgrade, "head")

    assert up == tables(url) == {*metadata.tables, "alembic_version"}
    assert down == {"alembic_version"}


def test_the_tables_of_the_code_are_those_of_the_migrations(alembic: Alembic) -> None:
    alembic(command.upgrade, "head")

    alembic(command.check)


def test_migrations_are_in_one_line_and_their_files_name_the_last(alembic: Alembic) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))

    assert ScriptDirectory.from_config(config).get_heads() == [head_revision()]


def test_alembics_own_command_line_finds_the_migrations() -> None:
    script = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))

    assert script.get_current_head() == head_revision()


def test_the_same_migrations_can_be_written_out_for_postgresql(capsys: pytest.CaptureFixture[str]) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("sqlalchemy.url", "postgresql+psycopg://")

    command.upgrade(config, "head", sql=True)

    statements = capsys.readouterr().out
    assert "started_at TIMESTAMP WITH TIME ZONE NOT NULL" in statements
    assert "cost_usd DOUBLE PRECISION" in statements
