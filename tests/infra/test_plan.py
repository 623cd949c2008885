"""That Terraform can evaluate each environment, and what comes out fits Azure and the service."""

from __future__ import annotations

import re
import shutil
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest

from qfa_http.settings import read_settings
from tests.infra.configuration import ENVIRONMENTS, infrastructure, values_of
from tests.infra.planning import INSTALLATION, STUB, Refused, plan, planned
from tests.infra.provider_list import provider_list

pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None,
    reason="there is no terraform here; the other tests of infra/ read the configuration without it",
)

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)

# max_connections less those that Azure keeps for itself.
# https://learn.microsoft.com/azure/postgresql/configure-maintain/concepts-limits
_CONNECTIONS = {"B_Standard_B1ms": 35, "B_Standard_B2s": 414, "GP_Standard_D2ds_v5": 844}


def app_settings(environment: str, **values: Any) -> dict[str, str]:
    """Return what the app is told, with addresses where Azure would have filled them in."""
    resources = (
        plan({**INSTALLATION, **values_of(environment), **values}, workspace=environment)
        if values
        else planned(environment)
    )
    found: dict[str, str] = resources["azurerm_linux_web_app.app"]["app_settings"]
    return {name: "https://vault.example/" if value == STUB else value for name, value in found.items()}


def refusal(workspace: str = "dev", **values: Any) -> str:
    """Return why Terraform refuses *values* in the place of those of dev."""
    with pytest.raises(Refused) as refused:
        plan({**INSTALLATION, **values_of("dev"), **values}, workspace=workspace)
    return " ".join(str(refused.value).replace("│", "").split())


@every_environment
def test_every_resource_is_evaluated(environment: str) -> None:
    evaluated = {re.sub(r"\[.*", "", address) for address in planned(environment)}

    expected = {address.removeprefix("data.") for address in infrastructure().declared}
    assert expected - evaluated == {"provider.azurerm", "azurerm_role_assignment.app_asks_models"}


@every_environment
def test_nothing_that_the_provider_wants_is_null(environment: str) -> None:
    known = provider_list()["kinds"]

    missing = {
        (address, name)
        for address, given in planned(environment).items()
        if (kind := address.partition(".")[0]) in known
        for name in known[kind]["required"]
        if given[name] is None
    }
    assert missing == set()


@every_environment
def test_the_first_apply_knows_what_it_will_make(environment: str) -> None:
    resources = plan({**INSTALLATION, **values_of(environment)}, workspace=environment, anew=True)

    assert resources.keys() == planned(environment).keys()
    assert resources["azurerm_linux_web_app.app"]["app_settings"]["DB_AUTH_MODE"] == "entra"


@every_environment
def test_the_service_accepts_its_settings(environment: str) -> None:
    settings = read_settings(app_settings(environment))

    assert settings.production
    assert settings.database.auth_mode == "entra"
    assert settings.key_vault.url == "https://vault.example/"


def test_models_of_an_azure_account_are_asked_as_the_managed_identity() -> None:
    account = {"azure_openai_account_id": "/subscriptions/s/…/accounts/models"}

    settings = read_settings(app_settings("prd", **account, llm_api_base="https://models.example"))

    assert settings.llm.auth_mode == "entra"
    assert settings.llm.api_base == "https://models.example"


def test_with_an_account_of_models_the_app_and_the_planning_pipelines_get_roles_on_it() -> None:
    account = "/subscriptions/s/…/accounts/models"
    values = {**INSTALLATION, **values_of("prd"), "azure_openai_account_id": account}

    resources = plan(values, workspace="prd").values()

    roles = [given["role_definition_name"] for given in resources if given.get("scope") == account]
    assert sorted(roles) == ["Cognitive Services OpenAI User", "Reader", "Reader"]


@every_environment
def test_names_are_as_short_as_azure_wants_them(environment: str) -> None:
    values = {**INSTALLATION, **values_of(environment), "name_suffix": "a2345678"}

    resources = plan(values, workspace=environment)

    assert len(resources["azurerm_key_vault.qfa"]["name"]) <= 24
    assert len(resources["azurerm_linux_web_app.app"]["name"]) <= 60
    assert len(resources["azurerm_postgresql_flexible_server.qfa"]["name"]) <= 63
    assert len(resources["azurerm_monitor_action_group.qfa"]["short_name"]) <= 12


@every_environment
def test_the_database_has_connections_for_every_process_even_while_images_are_exchanged(
    environment: str,
) -> None:
    values = values_of(environment)

    processes = values["app_instances"] * values["app_processes"]
    assert 2 * processes * (values["database_pool_max"] + 1) <= _CONNECTIONS[values["database_sku"]]


@every_environment
def test_the_registry_is_pushed_to_by_dev_alone(environment: str) -> None:
    role = planned(environment)['azurerm_role_assignment.pipeline["deploy_uses_registry"]']

    assert role["role_definition_name"] == ("AcrPush" if environment == "dev" else "AcrPull")


def test_only_the_database_and_the_vault_can_be_reached_in_the_network_and_at_one_port() -> None:
    groups = {
        address: [(rule["access"], rule["destination_port_range"]) for rule in given["security_rule"]]
        for address, given in planned("prd").items()
        if address.startswith("azurerm_network_security_group.")
    }

    allowed = {
        re.findall(r'"(\w+)"', name)[0]: rules[0][1] for name, rules in groups.items() if len(rules) == 3
    }
    assert allowed == {"database": "5432", "endpoints": "443"}
    assert all(rules[-1] == ("Deny", "*") for rules in groups.values())


def test_production_survives_the_loss_of_a_zone_and_of_a_region() -> None:
    given = planned("prd")

    assert given["azurerm_service_plan.app"]["worker_count"] >= 2
    assert given["azurerm_service_plan.app"]["zone_balancing_enabled"]
    assert given["azurerm_postgresql_flexible_server.qfa"]["high_availability"] == [{"mode": "ZoneRedundant"}]
    assert given["azurerm_postgresql_flexible_server.qfa"]["geo_redundant_backup_enabled"]


def test_networks_of_environments_do_not_overlap() -> None:
    spaces = [IPv4Network(values_of(environment)["address_space"]) for environment in ENVIRONMENTS]

    assert not [pair for pair in combinations(spaces, 2) if pair[0].overlaps(pair[1])]


@every_environment
def test_subnets_lie_beside_each_other_and_leave_room_for_the_app(environment: str) -> None:
    given = planned(environment)
    subnets = {
        address.rpartition(".")[2]: IPv4Network(subnet["address_prefixes"][0])
        for address, subnet in given.items()
        if address.startswith("azurerm_subnet.")
    }

    assert not [pair for pair in combinations(subnets.values(), 2) if pair[0].overlaps(pair[1])]
    assert all(subnet.num_addresses >= 16 for subnet in subnets.values())
    assert subnets["app"].num_addresses == 64
    assert all(
        subnet.subnet_of(IPv4Network(values_of(environment)["address_space"])) for subnet in subnets.values()
    )


def test_the_workspace_of_another_environment_is_refused() -> None:
    assert "terraform workspace select -or-create dev" in refusal(workspace="prd")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("name_suffix", "Too-Long-And-Wrong"),
        ("registry_id", "crqfa"),
        ("state_account_id", "stqfa"),
        ("github_repository", "qfa"),
        ("alert_emails", []),
        ("llm_model", "local/extractive"),
        ("llm_model", "gpt"),
        ("environment", "production"),
        ("address_space", "10.0.0.0/16"),
        ("minimum_tls_version", "1.1"),
        ("database_version", "15"),
    ],
)
def test_values_that_would_not_work_are_refused_by_name(variable: str, value: object) -> None:
    assert f"var.{variable}" in refusal(**{variable: value})
