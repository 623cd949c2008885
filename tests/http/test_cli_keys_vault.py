"""`qfa keys` on a Key Vault."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from qfa_core.errors import SecretStoreUnavailable
from qfa_core.fakes import InMemorySecretStore
from qfa_core.secrets import Secret
from qfa_http.settings_keys import parse_api_keys
from tests.http.command_line import CommandLine, Said

NAME = "auth-api-keys"
VAULT = {"KEYVAULT_URL": "https://qfa.vault.azure.net"}
OLD_SECRET = "canary-of-kenya"  # noqa: S105 - of nobody
ENTRIES: list[dict[str, Any]] = [
    {"name": "crm", "key": OLD_SECRET, "tenant_id": "kenya", "key_id": "k-1"},
    {"name": "root", "key": "canary-of-root", "tenant_id": "ifrc", "key_id": "r-1", "is_superuser": True},
]


@pytest.fixture
def store() -> InMemorySecretStore:
    return InMemorySecretStore({NAME: json.dumps(ENTRIES)})


@pytest.fixture
def qfa(tmp_path: Path, capsys: pytest.CaptureFixture[str], store: InMemorySecretStore) -> CommandLine:
    qfa = CommandLine(tmp_path, capsys)
    qfa.environ.update(VAULT)
    qfa.vault = store
    return qfa


def text(store: InMemorySecretStore) -> str:
    stored = asyncio.run(store.read(NAME))
    assert stored is not None
    return stored.value.reveal()


def entries(store: InMemorySecretStore) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text(store))
    return found


def add(qfa: CommandLine, *options: str, tenant: str = "kenya") -> Said:
    return qfa("keys", "add", "--tenant", tenant, "--name", "form", *options)


def test_a_key_is_added_beside_the_others_and_printed_once(
    qfa: CommandLine, store: InMemorySecretStore
) -> None:
    said = add(qfa)

    secret = said.out.strip()
    assert said.status == 0
    assert said.out == f"{secret}\n"
    assert entries(store)[:2] == ENTRIES
    assert entries(store)[2]["key"] == secret
    assert secret not in said.err
    assert secret not in qfa("keys", "list").out


def test_what_is_written_is_what_the_service_reads(qfa: CommandLine, store: InMemorySecretStore) -> None:
    secret = add(qfa, "--superuser").out.strip()

    *_, newest = parse_api_keys(text(store))
    assert newest.secret == Secret(secret)
    assert (newest.key.name, newest.key.tenant_id, newest.key.is_superuser) == ("form", "kenya", True)


def test_a_tenant_that_has_no_key_yet_is_allowed_only_where_that_is_asked_for(
    qfa: CommandLine, store: InMemorySecretStore
) -> None:
    refused = add(qfa, tenant="kenia")
    allowed = add(qfa, "--create-tenant", tenant="nepal")

    assert (refused.status, allowed.status) == (1, 0)
    assert "--create-tenant" in refused.err
    assert [entry["tenant_id"] for entry in entries(store)] == ["kenya", "ifrc", "nepal"]


def test_the_first_key_of_all_makes_the_secret(qfa: CommandLine) -> None:
    empty = InMemorySecretStore()
    qfa.vault = empty
    said = add(qfa, "--create-tenant")

    assert said.status == 0
    assert len(entries(empty)) == 1


def test_a_replaced_key_keeps_name_rights_and_place_and_the_old_one_is_gone(
    qfa: CommandLine, store: InMemorySecretStore
) -> None:
    secret = qfa("keys", "replace", "r-1").out.strip()

    kept, replaced = entries(store)
    assert kept == ENTRIES[0]
    assert {**replaced, "key": "", "key_id": ""} == {**ENTRIES[1], "key": "", "key_id": ""}
    assert replaced["key"] == secret
    assert replaced["key_id"] != "r-1"


def test_a_removed_key_is_gone_and_the_others_stay(qfa: CommandLine, store: InMemorySecretStore) -> None:
    assert qfa("keys", "remove", "k-1").status == 0
    assert entries(store) == ENTRIES[1:]


def test_without_its_last_key_the_secret_is_an_empty_list(
    qfa: CommandLine, store: InMemorySecretStore
) -> None:
    qfa("keys", "remove", "k-1")
    qfa("keys", "remove", "r-1")

    assert text(store) == "[]"


def test_keys_of_one_tenant_are_listed_without_secrets(qfa: CommandLine) -> None:
    said = qfa("keys", "list", "--tenant", "kenya", "--format", "json")

    [key] = json.loads(said.out)
    assert (key["key_id"], key["tenant_id"], key["is_superuser"]) == ("k-1", "kenya", False)
    assert "canary" not in said.out + said.err


def test_a_key_without_an_id_goes_by_one_made_of_its_digest(qfa: CommandLine) -> None:
    bare = InMemorySecretStore({NAME: json.dumps([{"name": "crm", "key": "canary", "tenant_id": "kenya"}])})
    qfa.vault = bare
    [listed] = json.loads(qfa("keys", "list", "--format", "json").out)
    add(qfa)

    assert entries(bare)[0]["key_id"] == listed["key_id"]
    assert entries(bare)[0]["key"] == "canary"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("add", "--tenant", "kenya", "--name", "form"), "+  (new)  tenant kenya  form"),
        (("replace", "k-1"), "-  k-1  tenant kenya  crm"),
        (("remove", "r-1"), "-  r-1  tenant ifrc  root  superuser"),
    ],
)
def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(
    qfa: CommandLine, store: InMemorySecretStore, command: tuple[str, ...], shown: str
) -> None:
    said = qfa("keys", *command, "--dry-run")

    assert said.status == 0
    assert shown in said.out
    assert "qfa_" not in said.out
    assert "canary" not in said.out + said.err
    assert entries(store) == ENTRIES


class OvertakenStore(InMemorySecretStore):
    """A store that somebody else writes to just after it was read."""

    async def write(self, name: str, value: Secret, *, replacing: str | None) -> None:
        self.put(name, "[]")
        await super().write(name, value, replacing=replacing)


@pytest.mark.parametrize(
    "command", [("add", "--tenant", "kenya", "--name", "form"), ("replace", "k-1"), ("remove", "k-1")]
)
def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    qfa: CommandLine, command: tuple[str, ...]
) -> None:
    overtaken = OvertakenStore({NAME: json.dumps(ENTRIES)})
    qfa.vault = overtaken
    said = qfa("keys", *command)

    assert said.status == 1
    assert said.out == ""
    assert text(overtaken) == "[]"


@pytest.mark.parametrize("command", ["remove", "replace"])
def test_a_key_that_is_not_there_is_one_line(
    qfa: CommandLine, store: InMemorySecretStore, command: str
) -> None:
    said = qfa("keys", command, "none")

    assert (said.status, said.err) == (1, "qfa: There is no such key in the vault.\n")
    assert entries(store) == ENTRIES


def test_nothing_is_written_over_a_secret_that_is_malformed(
    qfa: CommandLine, store: InMemorySecretStore
) -> None:
    store.put(NAME, '[{"name": "canary"}]')
    said = add(qfa)

    assert said.status == 1
    assert said.err.startswith(
        "qfa: The secret must be mended by hand first: auth-api-keys wants a JSON list"
    )
    assert "entry 1 has no key" in said.err
    assert "canary" not in said.err
    assert text(store) == '[{"name": "canary"}]'


def test_a_vault_that_is_away_is_one_line(qfa: CommandLine, store: InMemorySecretStore) -> None:
    store.outage = SecretStoreUnavailable("The Key Vault cannot be reached.")
    said = qfa("keys", "list")

    assert (said.status, said.err) == (1, "qfa: The Key Vault cannot be reached.\n")


def test_the_database_is_chosen_by_an_option_or_by_naming_no_vault(
    qfa: CommandLine, store: InMemorySecretStore
) -> None:
    chosen = add(qfa, "--database", "--create-tenant")
    unnamed = qfa("keys", "list", "--format", "json", KEYVAULT_URL="")

    assert (chosen.status, unnamed.status) == (0, 0)
    assert [key["name"] for key in json.loads(unnamed.out)] == ["form"]
    assert store.reads == 0


def test_a_vault_is_chosen_by_an_option_alone(qfa: CommandLine, store: InMemorySecretStore) -> None:
    said = qfa("keys", "list", "--vault", VAULT["KEYVAULT_URL"], KEYVAULT_URL="")

    assert "k-1" in said.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--vault", "https://v.example", "--database"), "exclude each other"),
        (("--vault", "http://v.example"), "wants an https:// address"),
        (("--vault", "nonsense"), "KEYVAULT_URL wants an"),
        (("--database", "--dry-run"), "--dry-run is for keys in a Key Vault"),
    ],
)
def test_options_that_make_no_sense_are_one_line(
    qfa: CommandLine, options: tuple[str, ...], words: str
) -> None:
    said = qfa("keys", "remove", "k-1", *options)

    assert said.status != 0
    assert words in said.err
    assert said.err.count("\n") == 1
