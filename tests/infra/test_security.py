"""The rules of security that the configuration must keep, whatever else changes in it."""

from __future__ import annotations

import graphlib
import re
from typing import Any

import pytest

from qfa_http.settings import declared_variables
from qfa_http.settings_values import Variable
from tests.infra.configuration import INFRA, Block, expressions, infrastructure, kind_of
from tests.infra.provider_list import provider_list

CONFIGURATION = infrastructure()
APP = CONFIGURATION.resource("azurerm_linux_web_app")
VAULT = CONFIGURATION.resource("azurerm_key_vault")
DATABASE = CONFIGURATION.resource("azurerm_postgresql_flexible_server")
SETTINGS: dict[str, Any] = {
    **CONFIGURATION.locals["app_settings"],
    **CONFIGURATION.locals["optional_app_settings"],
}
KNOWN_SETTINGS: dict[str, Variable] = {variable.name: variable for variable, _ in declared_variables()}

# A secret by the settings' own account, but not one that opens anything: with it one can send telemetry.
_NO_SECRET_AFTER_ALL = {"APPLICATIONINSIGHTS_CONNECTION_STRING"}


def protected(block: Block) -> bool:
    return block.meta["lifecycle"][0].get("prevent_destroy") is True


def roles() -> dict[str, tuple[str, str]]:
    """Return role and scope of every role assignment, by what it is called here."""
    given = {
        address.rpartition(".")[2]: (block.arguments["role_definition_name"], block.arguments["scope"])
        for address, block in CONFIGURATION.declared.items()
        if address.startswith("azurerm_role_assignment.") and "role_definition_name" in block.arguments
    }
    listed = CONFIGURATION.locals["pipeline_roles"].items()
    return {
        **{name: value for name, value in given.items() if name != "pipeline"},
        **{name: (role["role"], role["scope"]) for name, role in listed},
    }


def test_the_app_speaks_https_only() -> None:
    assert APP.arguments["https_only"] is True


def test_the_app_speaks_no_tls_older_than_1_2() -> None:
    site = APP.block("site_config").arguments

    assert site["minimum_tls_version"] == "${var.minimum_tls_version}"
    assert CONFIGURATION.variables["minimum_tls_version"]["default"] in ("1.2", "1.3")
    assert site["scm_minimum_tls_version"] in ("1.2", "1.3")


def test_nobody_publishes_to_the_app_with_a_password() -> None:
    site = APP.block("site_config").arguments

    assert site["ftps_state"] == "Disabled"
    assert APP.arguments["ftp_publish_basic_authentication_enabled"] is False
    assert APP.arguments["webdeploy_publish_basic_authentication_enabled"] is False
    assert site["remote_debugging_enabled"] is False


def test_the_app_is_known_by_its_managed_identity_and_pulls_its_image_as_such() -> None:
    assert APP.block("identity").arguments["type"] == "SystemAssigned"
    assert APP.block("site_config").arguments["container_registry_use_managed_identity"] is True


def test_the_platform_asks_the_app_for_its_health() -> None:
    assert APP.block("site_config").arguments["health_check_path"] == "/v1/health"


def test_what_the_app_sends_goes_through_the_network() -> None:
    assert APP.arguments["virtual_network_subnet_id"] == "${azurerm_subnet.app.id}"
    assert APP.block("site_config").arguments["vnet_route_all_enabled"] is True


def test_a_deployed_image_is_not_taken_back_by_terraform() -> None:
    ignored = APP.meta["lifecycle"][0]["ignore_changes"]

    assert ignored == ["${site_config[0].application_stack[0].docker_image_name}"]


def test_the_container_gets_longer_to_stop_than_requests_get_to_finish() -> None:
    assert 30 < int(SETTINGS["WEBSITES_CONTAINER_STOP_TIME_LIMIT"]) <= 120
    assert "--timeout-graceful-shutdown 30" in (INFRA.parent / "entrypoint.sh").read_text()


def test_journals_lie_where_they_outlive_the_container() -> None:
    assert SETTINGS["QFA_DATA_DIR"].startswith("/home/")
    assert SETTINGS["WEBSITES_ENABLE_APP_SERVICE_STORAGE"] == "true"


def test_every_setting_is_one_that_qfa_or_app_service_knows() -> None:
    strangers = {name for name in SETTINGS if name not in KNOWN_SETTINGS and not name.startswith("WEBSITES_")}

    assert strangers == set()


def test_no_setting_is_a_secret() -> None:
    secret = {
        name for name in SETTINGS if name in KNOWN_SETTINGS and "secret" in KNOWN_SETTINGS[name].kind.wants
    }

    assert secret <= _NO_SECRET_AFTER_ALL
    assert not [name for name in SETTINGS if re.search("KEY$|KEYS$|PASSWORD|SECRET|TOKEN", name)]
    assert "@Microsoft.KeyVault" not in str(SETTINGS)


def test_the_app_is_in_production_and_logs_in_to_its_database_without_a_password() -> None:
    assert SETTINGS["QFA_PRODUCTION"] == "true"
    assert SETTINGS["DB_AUTH_MODE"] == "entra"
    assert SETTINGS["DB_USER"] == APP.arguments["name"]


def test_the_vault_is_closed_to_the_public_and_open_by_role_only() -> None:
    assert VAULT.arguments["public_network_access_enabled"] is False
    assert VAULT.arguments["rbac_authorization_enabled"] is True
    assert VAULT.block("network_acls").arguments == {"default_action": "Deny", "bypass": "None"}


def test_what_is_deleted_from_the_vault_can_be_brought_back() -> None:
    assert VAULT.arguments["purge_protection_enabled"] is True
    assert VAULT.arguments["soft_delete_retention_days"] == 90


def test_the_database_has_no_passwords() -> None:
    authentication = DATABASE.block("authentication").arguments

    assert authentication["password_auth_enabled"] is False
    assert authentication["active_directory_auth_enabled"] is True
    assert not {name for name in DATABASE.arguments if name.startswith("administrator_")}


def test_the_database_is_in_the_private_network() -> None:
    assert DATABASE.arguments["public_network_access_enabled"] is False
    assert DATABASE.arguments["delegated_subnet_id"] == "${azurerm_subnet.database.id}"
    assert DATABASE.arguments["private_dns_zone_id"] == "${azurerm_private_dns_zone.database.id}"


def test_the_database_grows_before_it_is_full() -> None:
    assert DATABASE.arguments["auto_grow_enabled"] is True


@pytest.mark.parametrize(
    "block", [VAULT, DATABASE, CONFIGURATION.resource("azurerm_postgresql_flexible_server_database")]
)
def test_what_holds_data_is_not_destroyed_by_terraform(block: Block) -> None:
    assert protected(block)


def test_administrators_of_the_database_are_the_operators_and_not_the_app() -> None:
    (administrator,) = (
        block.arguments for address, block in CONFIGURATION.declared.items() if "administrator" in address
    )

    assert administrator["principal_type"] == "Group"
    assert administrator["object_id"] == "${var.operators_group_id}"


def test_roles_are_exactly_these() -> None:
    assert {name: role for name, (role, _) in roles().items()} == {
        "app_pulls_image": "AcrPull",
        "app_reads_secrets": "Key Vault Secrets User",
        "app_asks_models": "Cognitive Services OpenAI User",
        "operators_write_secrets": "Key Vault Secrets Officer",
        "deploy_changes_app": "Website Contributor",
        "deploy_uses_registry": '${var.environment == "dev" ? "AcrPush" : "AcrPull"}',
        "apply_changes_group": "Contributor",
        "apply_writes_state": "Storage Blob Data Contributor",
        "apply_sees_registry": "Reader",
        "apply_sees_container": "Reader",
        "plan_reads_state": "Storage Blob Data Reader",
        "plan_sees_registry": "Reader",
        "plan_sees_container": "Reader",
    }


def test_no_role_reaches_beyond_a_group() -> None:
    assert not [name for name, (_, scope) in roles().items() if "subscription" in scope]


def test_an_environments_pipeline_touches_the_state_of_that_environment_only() -> None:
    state = {scope for name, (_, scope) in roles().items() if "_state" in name}

    assert state == {"${local.state_container}"}
    assert CONFIGURATION.locals["state_container"].endswith("/containers/tfstate-${var.environment}")


def test_who_plans_only_reads() -> None:
    permissions = CONFIGURATION.resource("azurerm_role_definition").block("permissions").arguments

    assert set(permissions) == {"actions"}
    assert [action for action in permissions["actions"] if not action.endswith("/read")] == [
        "Microsoft.Web/sites/config/list/action",
        "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    ]


def test_pipelines_log_in_as_this_repository_and_for_one_environment_each() -> None:
    credential = CONFIGURATION.resource("azurerm_federated_identity_credential").arguments

    assert credential["subject"] == "repo:${var.github_repository}:${each.value}"
    assert CONFIGURATION.locals["pipelines"] == {
        "deploy": "environment:${var.environment}",
        "apply": "environment:${var.environment}-infra",
        "plan": "pull_request",
    }


def test_every_resource_that_can_be_tagged_is() -> None:
    known = provider_list()["kinds"]

    taggable = {
        address: block
        for address, block in CONFIGURATION.declared.items()
        if "tags" in known[kind_of(address)]["arguments"]
    }
    assert {
        address for address, block in taggable.items() if block.arguments.get("tags") != "${local.tags}"
    } == set()


def test_the_app_the_vault_and_the_database_are_watched() -> None:
    watched = {
        block.arguments["target_resource_id"]
        for address, block in CONFIGURATION.declared.items()
        if address.startswith("azurerm_monitor_diagnostic_setting.")
    }

    assert watched == {
        "${azurerm_linux_web_app.app.id}",
        "${azurerm_key_vault.qfa.id}",
        "${azurerm_postgresql_flexible_server.qfa.id}",
    }


def test_alerts_tell_of_errors_health_processor_memory_and_storage() -> None:
    metrics = {alert["metric"] for alert in CONFIGURATION.locals["alerts"].values()}

    assert metrics >= {"Http5xx", "HealthCheckStatus", "CpuPercentage", "MemoryPercentage", "storage_percent"}


def test_no_file_has_a_secret_or_names_a_real_installation() -> None:
    texts = {
        path.name: path.read_text()
        for path in INFRA.rglob("*")
        if path.suffix in {".tf", ".tfvars", ".sh", ".sql"}
    }

    guid = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    found = {(name, match[0]) for name, text in texts.items() for match in guid.finditer(text)}
    assert found == {("psql.sh", "00000000-0000-0000-0000-000000000000")}


def test_nothing_depends_on_itself() -> None:
    names = [*CONFIGURATION.declared, *(f"local.{name}" for name in CONFIGURATION.locals)]
    everything = {
        **CONFIGURATION.declared,
        **{f"local.{n}": value for n, value in CONFIGURATION.locals.items()},
    }

    graph = {
        name: {
            other for other in names if re.search(rf"\b{re.escape(other)}\b", "\n".join(expressions(body)))
        }
        for name, body in everything.items()
    }
    assert list(graphlib.TopologicalSorter(graph).static_order())


def test_every_variable_and_local_that_is_used_is_declared_and_used_if_declared() -> None:
    said = "\n".join(
        text
        for part in (
            list(CONFIGURATION.declared.values()),
            CONFIGURATION.locals,
            CONFIGURATION.outputs,
            CONFIGURATION.variables,
        )
        for text in expressions(part)
    )

    assert set(re.findall(r"\bvar\.(\w+)", said)) == set(CONFIGURATION.variables)
    assert set(re.findall(r"\blocal\.(\w+)", said)) == set(CONFIGURATION.locals)
