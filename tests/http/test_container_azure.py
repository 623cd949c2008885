"""Settings of Azure that make no sense together, and what a vault's secrets are held to."""

from __future__ import annotations

import subprocess
import sys

import pytest

from qfa_core.errors import AuthenticationRequired
from qfa_core.fakes import InMemorySecretStore
from qfa_core.use_cases.follow_secrets import FollowSecrets
from qfa_http.container import build_container
from qfa_http.container.lifespan import running
from qfa_http.settings import SettingsError, read_settings
from tests.http.command_line import ROOT

AZURE = {"LLM_MODEL": "azure/ours", "LLM_API_BASE": "https://ours.openai.azure.com"}
VAULT = {"KEYVAULT_URL": "https://qfa.vault.azure.net"}


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {**AZURE, "LLM_AUTH_MODE": "entra", "LLM_API_KEY": "canary"},
            "LLM_API_KEY wants to be empty where LLM_AUTH_MODE is entra",
        ),
        (
            {"LLM_MODEL": "openai/gpt", "LLM_AUTH_MODE": "entra"},
            "LLM_AUTH_MODE can be entra for models of azure/ or azure_ai/ alone",
        ),
        (
            {"LLM_AUTH_MODE": "entra"},
            "LLM_MODEL wants a provider's model where LLM_API_KEY, LLM_API_BASE or entra is set",
        ),
        ({**AZURE, "LLM_API_BASE": "", "LLM_AUTH_MODE": "entra"}, "LLM_API_BASE is needed for this provider"),
        ({"KEYVAULT_URL": "http://qfa.vault.azure.net"}, "KEYVAULT_URL wants an https:// address"),
    ],
)
def test_settings_that_make_no_sense_together_stop_the_start(environ: dict[str, str], line: str) -> None:
    with pytest.raises(SettingsError) as raised:
        build_container(read_settings(environ))

    assert str(raised.value) == line


@pytest.mark.parametrize("model", ["azure/ours", "azure_ai/ours"])
def test_a_token_takes_the_place_of_the_key(model: str) -> None:
    build_container(read_settings({**AZURE, "LLM_MODEL": model, "LLM_AUTH_MODE": "entra"}))


def test_what_a_vault_may_hold_is_not_missed_before_it_was_read() -> None:
    build_container(read_settings({"LLM_MODEL": "azure/ours", **VAULT}))


async def secrets(environ: dict[str, str], texts: dict[str, str]) -> FollowSecrets:
    """Return what is known of a vault that holds *texts*, read once."""
    container = build_container(read_settings({**VAULT, **environ}))
    container.secret_store.override(InMemorySecretStore(texts))
    followed: FollowSecrets = container.secrets()
    await followed.read()
    return followed


@pytest.mark.parametrize(
    ("name", "text", "issue"),
    [
        ("llm-api-key", " ", "It is empty."),
        ("llm-api-key", "canary of two lines\nor more", "It wants a secret of printable ASCII characters."),
        ("llm-api-base", "canary", "It wants an http:// or https:// address without password or query."),
        ("llm-api-base", "@Microsoft.KeyVault(canary)", "It is a Key Vault reference that was not resolved."),
        ("auth-api-keys", '[{"name": "canary", "tenant_id": "t"}]', "entry 1 has no key"),
        ("auth-api-keys", "{}", "It wants a JSON list"),
    ],
)
async def test_a_secret_is_held_to_what_the_setting_of_its_kind_wants(
    name: str, text: str, issue: str
) -> None:
    followed = await secrets(AZURE, {name: text})

    said = followed.issue(name)
    assert said is not None
    assert issue in said
    assert "canary" not in said
    assert followed.value(name) is None


async def test_with_tokens_no_key_is_read_even_if_the_vault_holds_one() -> None:
    followed = await secrets({**AZURE, "LLM_AUTH_MODE": "entra"}, {"llm-api-key": "canary"})

    assert followed.value("llm-api-key") is None


async def test_with_the_stand_in_model_the_vault_is_asked_for_keys_of_callers_alone() -> None:
    followed = await secrets({}, {"llm-api-base": "nonsense", "auth-api-keys": "[]"})

    assert not followed.is_degraded
    assert followed.value("auth-api-keys") == ()


async def test_a_key_that_a_refresh_removes_is_refused_at_once_though_it_was_found_a_moment_ago() -> None:
    store = InMemorySecretStore({"auth-api-keys": '[{"name": "crm", "key": "one", "tenant_id": "kenya"}]'})
    container = build_container(read_settings({**VAULT, "DB_TRACK_USAGE": "false"}))
    container.secret_store.override(store)
    await container.secrets().read()
    found = await container.authenticate()("one")
    store.put("auth-api-keys", "[]")
    await container.secrets().read()

    assert found.tenant_id == "kenya"
    with pytest.raises(AuthenticationRequired):
        await container.authenticate()("one")


async def test_what_neither_the_settings_nor_the_vault_give_stops_the_start() -> None:
    container = build_container(
        read_settings({"LLM_MODEL": "azure/ours", "DB_TRACK_USAGE": "false", **VAULT})
    )
    container.secret_store.override(InMemorySecretStore({"llm-api-key": "a-key"}))
    with pytest.raises(SettingsError) as raised:
        async with running(container):
            pass

    [(name, issue)] = raised.value.faults
    assert name == "LLM_API_BASE"
    assert issue.startswith("or the Key Vault's secret llm-api-base is needed for this provider.")


def test_without_a_vault_the_sdk_is_not_imported() -> None:
    code = "import sys, qfa_http.app; sys.exit(any(name.split('.')[0] == 'azure' for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
