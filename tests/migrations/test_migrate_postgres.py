"""Migrating a real PostgreSQL: side by side, killed halfway, and while somebody else holds the lock."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from qfa_http.migrate import LOCK_KEY, head_revision, migrations_folder
from tests.fakes.postgres import PostgresServer
from tests.migrations.migrating import ROOT, end_of, start_migrating

AT_ONCE = 10
FREED_WITHIN_SECONDS = 2.0
# Notes what is created and by whom, and takes as long as the table `slowness` says.
WATCH = """
CREATE TABLE created (what text, by int DEFAULT pg_backend_pid());
CREATE TABLE slowness AS SELECT {seconds}::float AS seconds;
CREATE FUNCTION note_creation() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(seconds) FROM slowness;
    INSERT INTO created SELECT object_identity FROM pg_event_trigger_ddl_commands();
END
$$;
CREATE EVENT TRIGGER note_creation ON ddl_command_end EXECUTE FUNCTION note_creation();
"""
SLOW_REVISION = """
import pathlib, time
revision, down_revision, branch_labels, depends_on = "9998", "{head}", None, None
def upgrade():
    pathlib.Path(r"{folder}/reached").touch()
    while not pathlib.Path(r"{folder}/go").exists():
        time.sleep(0.01)
def downgrade():
    pass
"""


class Database:
    """A database and what goes on there."""

    def __init__(self, postgres: PostgresServer, url: str) -> None:
        self.url = url
        self._postgres = postgres
        self._name = url.rpartition("/")[2]

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        return self._postgres.execute(statement, self._name)

    def watch(self, seconds: float = 0.0) -> None:
        self.ask(WATCH.format(seconds=seconds))

    def revision(self) -> object:
        return self.ask("SELECT version_num FROM alembic_version")[0][0]

    def advisory_locks(self) -> list[tuple[object, ...]]:
        return self.ask(
            "SELECT pid, granted FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    def is_locked(self) -> bool:
        return any(granted for _, granted in self.advisory_locks())


@pytest.fixture
def database(postgres: PostgresServer, empty_postgres_url: str) -> Database:
    return Database(postgres, empty_postgres_url)


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Poll until *condition* holds; fail after *seconds*."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "the condition never came true"
        time.sleep(0.01)  # other processes are watched: nothing else tells


@pytest.fixture
def starting(tmp_path: Path, database: Database) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return a function that starts a migrator of the database; what still runs in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(code: Path = ROOT, **variables: str) -> subprocess.Popen[str]:
        started.append(start_migrating(tmp_path, code, DB_URL=database.url, **variables))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


Starting = Callable[..., "subprocess.Popen[str]"]


def test_of_ten_at_once_one_migrates_the_others_wait_and_all_succeed(
    database: Database, starting: Starting
) -> None:
    database.watch(seconds=0.1)

    outcomes = [end_of(process) for process in [starting() for _ in range(AT_ONCE)]]

    tables = [what for (what,) in database.ask("SELECT what FROM created WHERE what LIKE 'public.%'")]
    assert outcomes == [("", "", 0)] * AT_ONCE
    assert database.revision() == head_revision()
    assert tables.count("public.llm_calls") == 1
    assert database.ask("SELECT count(DISTINCT by) FROM created") == [(1,)]
    assert database.advisory_locks() == []


def test_an_older_database_is_brought_to_head_and_keeps_what_it_holds(
    database: Database, starting: Starting, alembic_to: Callable[[str, str], None]
) -> None:
    alembic_to(database.url, "0001")
    database.ask("INSERT INTO tenants VALUES ('t', 'Kenya', false)")

    assert end_of(starting()) == ("", "", 0)

    assert database.revision() == head_revision()
    assert database.ask("SELECT name FROM tenants") == [("Kenya",)]


def test_a_migrator_killed_inside_a_statement_frees_the_lock_and_the_next_one_finishes(
    database: Database, starting: Starting
) -> None:
    database.watch(seconds=3600)
    killed = starting()
    until(lambda: database.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") != [])

    killed.kill()

    until(lambda: not database.is_locked(), FREED_WITHIN_SECONDS)
    database.ask("UPDATE slowness SET seconds = 0")
    assert end_of(starting()) == ("", "", 0)
    assert database.revision() == head_revision()


def test_a_migrator_killed_in_python_frees_the_lock_and_the_next_one_finishes(
    database: Database, starting: Starting, tmp_path: Path
) -> None:
    code = code_with_a_slow_revision(tmp_path)
    killed = starting(code)
    until((tmp_path / "reached").exists)
    waiting = starting(code)
    until(lambda: len(database.advisory_locks()) == 2)

    killed.kill()

    until(lambda: {granted for _, granted in database.advisory_locks()} == {True}, FREED_WITHIN_SECONDS)
    (tmp_path / "go").touch()
    assert end_of(waiting) == ("", "", 0)
    assert database.revision() == "9998"


def code_with_a_slow_revision(folder: Path) -> Path:
    """Return a checkout whose last revision, in Python, waits for a file named `go`."""
    code = folder / "code"
    versions = code / "migrations" / "versions"
    versions.mkdir(parents=True)
    for package in ("qfa_core", "qfa_adapters", "qfa_http"):
        (code / package).symlink_to(ROOT / package)
    for file in [*migrations_folder().glob("*.*"), *migrations_folder().glob("versions/*.py")]:
        (code / "migrations" / file.relative_to(migrations_folder())).write_text(file.read_text())
    text = SLOW_REVISION.format(head=head_revision(), folder=folder)
    (versions / "9998_slow.py").write_text(text)
    return code


def test_a_lock_held_too_long_is_one_line_that_says_who_holds_it_and_what_to_do(
    database: Database, starting: Starting
) -> None:
    with psycopg.connect(database.url, autocommit=True, application_name="qfa-migrate@elsewhere:7") as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        pid = holder.info.backend_pid
        output, errors, status = end_of(starting(DB_MIGRATION_WAIT_SECONDS="0.5"))

    assert (output, status, errors.count("\n")) == ("", 1, 1)
    assert f"pid {pid}, application qfa-migrate@elsewhere:7, connected since 20" in errors
    assert f"pg_terminate_backend({pid})" in errors
    assert database.ask("SELECT to_regclass('public.tenants')") == [(None,)]


def test_a_migrator_says_who_it_is_while_it_waits(database: Database, starting: Starting) -> None:
    with psycopg.connect(database.url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        waiting = starting()
        until(lambda: len(database.advisory_locks()) == 2)
        [(name,)] = database.ask(
            "SELECT application_name FROM pg_stat_activity WHERE wait_event = 'advisory'"
        )
    ended = end_of(waiting)

    assert str(name).startswith("qfa-migrate@")
    assert str(name).endswith(f":{waiting.pid}")
    assert ended.status == 0


def test_a_migration_that_fails_is_one_line_and_leaves_its_revision_undone(
    database: Database, starting: Starting
) -> None:
    database.ask("CREATE TABLE llm_calls (canary text)")

    output, errors, status = end_of(starting())

    assert (output, status) == ("", 1)
    assert errors == "qfa: The database could not be migrated: ProgrammingError 42P07.\n"
    assert database.ask("SELECT to_regclass('public.tenants')") == [(None,)]
    assert not database.is_locked()


def test_a_database_of_a_revision_that_nobody_knows_is_one_line(
    database: Database, starting: Starting
) -> None:
    database.ask(
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('000')"
    )

    output, errors, status = end_of(starting())

    assert (output, status) == ("", 1)
    assert errors == "qfa: The database could not be migrated: its revision is none of this version's.\n"
