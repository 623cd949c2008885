"""That the configuration says only what the provider knows, and all that it wants."""

from __future__ import annotations

import re

import pytest

from tests.infra.configuration import infrastructure, kind_of, read
from tests.infra.provider_list import faults, provider_list

GOOD = """
resource "azurerm_key_vault" "qfa" {
  name                = "kv"
  location            = "here"
  resource_group_name = "rg"
  sku_name            = "standard"
  tenant_id           = "t"

  network_acls {
    bypass         = "None"
    default_action = "Deny"
  }
}
"""


def test_every_argument_block_and_reference_is_one_that_the_provider_knows() -> None:
    assert faults(infrastructure()) == []


def test_the_list_has_every_kind_in_use_and_no_other() -> None:
    in_use = {kind_of(address) for address in infrastructure().declared}

    assert set(provider_list()["kinds"]) == in_use


def test_the_list_is_of_the_version_that_the_configuration_asks_for() -> None:
    asked_for = infrastructure().terraform["required_providers"][0]["azurerm"]["version"]

    major, minor = re.findall(r"\d+", asked_for)
    assert provider_list()["provider"].startswith(f"hashicorp/azurerm {major}.{minor}.")


def test_what_is_right_has_no_faults() -> None:
    assert faults(read(GOOD)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("sku_name  ", "sku_nmae  ", "sku_nmae is no argument"),
        ("tenant_id           =", "# ", "tenant_id is missing"),
        ('bypass         = "None"', "", "network_acls: bypass is missing"),
        ('bypass         = "None"', "bypass = []", "network_acls: bypass wants a string"),
        ("default_action", "default_deed", "default_deed is no argument"),
        ("network_acls {", "network_lists {", "network_lists is no block"),
        (
            "network_acls {",
            'network_acls {\nbypass=""\ndefault_action=""\n}\nnetwork_acls {',
            "may stand here once",
        ),
        ('"here"', "azurerm_key_vault.qfa.place", "has no place"),
        ('"here"', "azurerm_key_vault.other.location", "there is no azurerm_key_vault.other"),
        ("azurerm_key_vault", "azurerm_key_hole", "not in the list"),
        (
            "network_acls {",
            'dynamic "network_acls" {\nfor_each = []\ncontent {\nx = 1\n}\n}\ntags {',
            "x is no argument",
        ),
    ],
)
def test_what_is_wrong_is_found(right: str, wrong: str, fault: str) -> None:
    assert right in GOOD

    found = faults(read(GOOD.replace(right, wrong)))

    assert any(fault in line for line in found), found
