"""How alembic is run by tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config

from qfa_http.migrate import migrations_folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Name an SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'migrated.sqlite3'}"


@pytest.fixture
def alembic(url: str) -> Callable[..., None]:
    """Return a function that runs one of alembic's commands on the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("sqlalchemy.url", url)

    def run(command: Callable[..., object], *arguments: str) -> None:
        command(config, *arguments)

    return run
