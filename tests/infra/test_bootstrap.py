"""That bootstrap.sh creates what Terraform counts on, and says beforehand what it would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.infra.azure_cli import AzureCLI
from tests.infra.configuration import ENVIRONMENTS, infrastructure

ARGUMENTS = ("--suffix", "example", "--operators", "QFA operators")


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> AzureCLI:
    """Azure after bootstrap.sh, where there was nothing before."""
    azure = AzureCLI(tmp_path_factory.mktemp("azure"), registry_exists=False)
    assert azure.run("bootstrap.sh", *ARGUMENTS).returncode == 0
    return azure


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


def one(azure: AzureCLI, *words: str) -> list[str]:
    (found,) = (command for command in azure.asked if command[: len(words)] == list(words))
    return found


def test_a_dry_run_asks_azure_nothing(tmp_path: Path) -> None:
    azure = AzureCLI(tmp_path)

    ended = azure.run("bootstrap.sh", *ARGUMENTS, "--dry-run")

    assert ended.returncode == 0, ended.stderr
    assert azure.asked == []


def test_a_dry_run_prints_what_a_run_does(tmp_path: Path) -> None:
    azure = AzureCLI(tmp_path, registry_exists=False)
    announced = azure.run("bootstrap.sh", *ARGUMENTS, "--dry-run").stderr

    done = azure.run("bootstrap.sh", *ARGUMENTS).stderr

    def changes(said: str) -> list[str]:
        known = said.replace("OPERATORS-ID", "an-object-id").replace("SUBSCRIPTION", "a-subscription")
        return [line for line in known.splitlines() if line.startswith("+ ")]

    assert changes(done) == changes(announced)
    assert len(changes(done)) > 10


def test_what_exists_is_not_created_again(tmp_path: Path) -> None:
    azure = AzureCLI(tmp_path, registry_exists=True)

    assert azure.run("bootstrap.sh", *ARGUMENTS).returncode == 0
    assert not [command for command in azure.asked if command[:2] == ["acr", "create"]]


def test_nothing_is_ever_deleted(azure: AzureCLI) -> None:
    assert not [command for command in azure.asked if {"delete", "purge", "remove"} & set(command)]


def test_the_state_account_has_no_shared_keys_and_keeps_what_is_deleted(azure: AzureCLI) -> None:
    account = one(azure, "storage", "account", "create")
    assert option(account, "--allow-shared-key-access") == "false"
    assert option(account, "--allow-blob-public-access") == "false"
    assert option(account, "--min-tls-version") == "TLS1_2"
    properties = one(azure, "storage", "account", "blob-service-properties")
    assert option(properties, "--enable-versioning") == "true"
    assert option(properties, "--enable-delete-retention") == "true"


def test_the_registry_has_no_admin_user(azure: AzureCLI) -> None:
    assert option(one(azure, "acr", "create"), "--admin-enabled") == "false"
    assert option(one(azure, "acr", "update"), "--admin-enabled") == "false"


def test_each_environment_has_a_group_and_a_container_for_its_state(azure: AzureCLI) -> None:
    groups = {option(command, "--name") for command in azure.asked if command[:2] == ["group", "create"]}
    containers = {option(command, "--name") for command in azure.asked if command[1] == "container-rm"}
    assert groups == {"rg-qfa-shared", *(f"rg-qfa-{name}" for name in ENVIRONMENTS)}
    assert containers == {f"tfstate-{name}" for name in ENVIRONMENTS}


def test_its_last_words_set_every_variable_that_has_no_default_and_is_in_no_file(tmp_path: Path) -> None:
    said = AzureCLI(tmp_path).run("bootstrap.sh", *ARGUMENTS, "--dry-run").stdout

    wanted = {name for name, variable in infrastructure().variables.items() if "default" not in variable}
    told = {
        line.removeprefix("export TF_VAR_").split("=")[0] for line in said.splitlines() if "TF_VAR_" in line
    }
    assert told <= wanted
    assert {
        name for name in wanted if name.startswith(("name", "op", "reg", "state", "git", "al", "llm"))
    } == told


@pytest.mark.parametrize(
    "arguments",
    [(), ("--suffix", "Ex"), ("--suffix", "example"), (*ARGUMENTS, "--location"), (*ARGUMENTS, "--force")],
)
def test_what_it_does_not_understand_it_refuses_before_doing_anything(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    azure = AzureCLI(tmp_path)

    ended = azure.run("bootstrap.sh", *arguments)

    assert ended.returncode == 2
    assert "--" in ended.stderr
    assert azure.asked == []


@pytest.mark.parametrize("script", ["bootstrap.sh", "psql.sh"])
def test_help_explains(tmp_path: Path, script: str) -> None:
    azure = AzureCLI(tmp_path)

    ended = azure.run(script, "--help")

    assert ended.returncode == 0
    assert script in ended.stdout
    assert azure.asked == []
