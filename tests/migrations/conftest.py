"""How alembic is run by tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from qfa_http.migrate import migrations_folder
from tests.fakes.postgres import PostgresServer

_NUMBERS = count()


@pytest.fixture
def empty_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Name a database in PostgreSQL without tables."""
    name = f"empty-{next(_NUMBERS)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database of each kind, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
    postgres_url: str = request.getfixturevalue("empty_postgres_url")
    return postgres_url.replace("postgresql://", "postgresql+psycopg://")


def _configured(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("sqlalchemy.url", url)
    return config


@pytest.fixture
def alembic(url: str) -> Callable[..., None]:
    """Return a function that runs one of alembic's commands on the database at `url`."""

    def run(command: Callable[..., object], *arguments: str) -> None:
        command(_configured(url), *arguments)

    return run


@pytest.fixture
def alembic_to() -> Callable[[str, str], None]:
    """Return a function that brings the database at an URL to a revision."""

    def upgrade(url: str, revision: str) -> None:
        command.upgrade(_configured(url.replace("postgresql://", "postgresql+psycopg://")), revision)

    return upgrade
