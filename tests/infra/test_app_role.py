"""That psql.sh and app_role.sql make a role that can run the app and do no more, on a real PostgreSQL."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine

from qfa_http.migrate import bring_to_head
from tests.fakes.postgres import PostgresServer
from tests.infra.azure_cli import ISSUED, AzureCLI

APP = "app-qfa-dev-example"
OPERATORS = "QFA operators"
LOGIN = ISSUED["database"]
ROLE = ("infra/sql/app_role.sql", f"app={APP}", "app_object_id=an-object-id", "database=qfa")

# What Azure has: administrators who are no superusers, and a function of its own that makes a role.
_OF_AZURE = f"""
CREATE FUNCTION
    pgaadauth_create_principal_with_oid(name text, oid text, type text, admin boolean, mfa boolean)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    ASSERT oid = 'an-object-id' AND type = 'service' AND NOT admin AND NOT mfa;
    EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', name, '{LOGIN}');
    RETURN 'Created role for ' || name;
END $$
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of its own, because roles are the whole server's."""
    with PostgresServer() as server:
        server.execute("CREATE ROLE azure_pg_admin NOLOGIN CREATEDB CREATEROLE")
        server.execute(f"CREATE ROLE \"{OPERATORS}\" LOGIN PASSWORD '{LOGIN}' IN ROLE azure_pg_admin")
        server.execute("CREATE ROLE stranger LOGIN PASSWORD 'p'")
        server.execute("CREATE DATABASE qfa OWNER azure_pg_admin")
        server.execute(_OF_AZURE)
        yield server


@pytest.fixture(scope="module")
def azure(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AzureCLI:
    at_home = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGSSLMODE": "disable"}
    path = f"{server.programs}:/usr/bin:/bin"
    return AzureCLI(
        tmp_path_factory.mktemp("azure"), container={**at_home, "PGDATABASE": "qfa", "PATH": path}
    )


def psql(azure: AzureCLI, *arguments: str) -> subprocess.CompletedProcess[str]:
    return azure.run("psql.sh", *arguments, TF_VAR_operators_group_name=OPERATORS)


@pytest.fixture(scope="module")
def app_url(azure: AzureCLI, server: PostgresServer) -> str:
    """Where the app logs in, once its role is made."""
    ended = psql(azure, *ROLE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return server.url("qfa", user=APP, password=LOGIN)


def test_the_role_can_be_made_again(azure: AzureCLI, app_url: str) -> None:
    ended = psql(azure, *ROLE)

    assert ended.returncode == 0
    assert "The role is ready." in ended.stdout


def test_the_role_migrates_and_uses_its_tables(app_url: str) -> None:
    engine = create_engine(app_url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)

    with engine.connect() as connection:
        bring_to_head(connection)

    with psycopg.connect(app_url) as connection:
        connection.execute("INSERT INTO tenants VALUES ('t', 'T', false)")
        connection.execute("INSERT INTO api_keys VALUES ('k', 't', 'K', 'd', false)")
        connection.execute("LISTEN qfa_changed_keys")
        connection.execute("DELETE FROM tenants")
        connection.execute("SELECT count(*) FROM llm_calls")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE DATABASE another",
        "CREATE ROLE another",
        "CREATE SCHEMA another",
        "CREATE TEMPORARY TABLE another (id int)",
        f'ALTER ROLE "{APP}" CREATEDB',
        "SET ROLE azure_pg_admin",
        "DROP DATABASE postgres",
        "ALTER DATABASE qfa OWNER TO CURRENT_USER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_role_may_do_no_more(app_url: str, statement: str) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(app_url, autocommit=True) as connection, refused:
        connection.execute(statement)


def test_nobody_else_comes_into_the_database(server: PostgresServer, app_url: str) -> None:
    stranger = server.url("qfa").replace("postgres@", "stranger:p@")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger)


def test_it_fails_where_the_app_would_not_be_able_to_migrate(azure: AzureCLI, server: PostgresServer) -> None:
    server.execute("CREATE DATABASE foreign_owner")

    ended = psql(azure, *ROLE[:-1], "database=foreign_owner")

    assert ended.returncode == 3
    assert "may not create its tables" in ended.stdout


def test_psql_answers_what_it_is_asked(azure: AzureCLI) -> None:
    assert "42" in psql(azure, "-c", "SELECT 6 * 7").stdout


def test_the_container_is_deleted_even_if_the_sql_fails(azure: AzureCLI) -> None:
    ended = psql(azure, "-c", "SELECT nonsense")

    assert ended.returncode == 3
    assert azure.asked[-1][:2] == ["container", "delete"]


def test_tokens_are_not_printed(azure: AzureCLI) -> None:
    ended = psql(azure, "-c", "SELECT 1")

    assert not [token for token in ISSUED.values() if token in ended.stdout + ended.stderr]
