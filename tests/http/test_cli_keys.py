"""`qfa keys` on the embedded store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.http.command_line import CommandLine


@pytest.fixture
def qfa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path, capsys)


def add(qfa: CommandLine, *options: str, tenant: str = "kenya") -> str:
    said = qfa("keys", "add", "--tenant", tenant, "--name", "EspoCRM", "--create-tenant", *options)
    assert said.status == 0, said.err
    return said.out.strip()


def listed(qfa: CommandLine, *options: str) -> list[dict[str, Any]]:
    return list(json.loads(qfa("keys", "list", "--format", "json", *options).out))


def test_a_new_key_is_printed_once_and_nowhere_else(qfa: CommandLine, tmp_path: Path) -> None:
    said = qfa("keys", "add", "--tenant", "kenya", "--name", "EspoCRM", "--create-tenant")

    secret = said.out.strip()
    assert said.out == f"{secret}\n"
    assert len(secret) >= 43
    assert secret not in said.err
    assert secret not in qfa("keys", "list").out
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if secret.encode() in path.read_bytes()]


def test_added_keys_are_listed_with_tenant_and_rights(qfa: CommandLine) -> None:
    add(qfa, "--superuser")

    (key,) = listed(qfa)

    assert (key["name"], key["tenant"], key["is_superuser"]) == ("EspoCRM", "kenya", True)
    assert "superuser" in qfa("keys", "list").out


def test_keys_of_one_tenant_are_listed_by_its_name_or_id(qfa: CommandLine) -> None:
    add(qfa)
    add(qfa, tenant="nepal")

    (key,) = listed(qfa, "--tenant", "nepal")

    assert key["tenant"] == "nepal"
    assert listed(qfa, "--tenant", key["tenant_id"]) == [key]


def test_a_tenant_is_made_only_where_that_is_asked_for(qfa: CommandLine) -> None:
    said = qfa("keys", "add", "--tenant", "kenya", "--name", "EspoCRM")

    assert said.status == 1
    assert said.err == "qfa: There is no such tenant: --create-tenant makes it.\n"
    assert listed(qfa) == []


def test_a_tenant_that_exists_is_not_made_again(qfa: CommandLine) -> None:
    add(qfa)
    add(qfa)

    assert len({key["tenant_id"] for key in listed(qfa)}) == 1


def test_a_tenant_made_for_an_ordinary_key_allows_no_superusers(qfa: CommandLine) -> None:
    add(qfa)

    said = qfa("keys", "add", "--tenant", "kenya", "--name", "root", "--superuser")

    assert said.status == 1
    assert said.err == "qfa: This tenant allows no superuser keys.\n"


def test_a_replaced_key_keeps_its_name_and_rights_but_neither_id_nor_secret(qfa: CommandLine) -> None:
    first = add(qfa, "--superuser")
    (old,) = listed(qfa)

    second = qfa("keys", "replace", old["key_id"]).out.strip()

    (new,) = listed(qfa)
    assert second
    assert second != first
    assert new["key_id"] != old["key_id"]
    assert {**new, "key_id": ""} == {**old, "key_id": ""}


def test_a_removed_key_is_gone(qfa: CommandLine) -> None:
    add(qfa)
    (key,) = listed(qfa)

    said = qfa("keys", "remove", key["key_id"])

    assert said.status == 0
    assert listed(qfa) == []


@pytest.mark.parametrize("command", ["remove", "replace"])
def test_a_key_that_is_not_there_is_one_line(qfa: CommandLine, command: str) -> None:
    said = qfa("keys", command, "none")

    assert said.status == 1
    assert said.err.startswith("qfa: There is no such ")
    assert said.err.count("\n") == 1


def test_names_are_shown_as_they_are_and_not_as_markup(qfa: CommandLine) -> None:
    add(qfa, tenant="[red]kenya")

    assert "[red]kenya" in qfa("keys", "list").out


def test_without_a_database_there_are_no_keys_to_manage(qfa: CommandLine) -> None:
    said = qfa("keys", "list", DB_TRACK_USAGE="false")

    assert said.status == 1
    assert said.err == "qfa: The database is not available.\n"
