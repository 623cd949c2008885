"""What is read from the Key Vault that the settings name, and who asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from qfa_adapters.azure.key_store import VaultKeyStore
from qfa_adapters.llm.connection import UnusableConnection
from qfa_adapters.llm.providers import target_of
from qfa_core.ports.secret_store import SecretStore
from qfa_core.use_cases.authenticate import KnownKeys
from qfa_core.use_cases.follow_secrets import FollowSecrets, MalformedSecret
from qfa_http import settings_values as values
from qfa_http.container import language_model
from qfa_http.settings import Settings, SettingsError
from qfa_http.settings_keys import API_KEYS
from qfa_http.settings_values import Kind, Variable
from qfa_http.vault_keys import KEYS_SECRET
from qfa_http.wire.health import DependencyState

if TYPE_CHECKING:  # imported where a deployment wants it: it takes a third of a second
    from qfa_adapters.azure.key_vault import KeyVault

OPERATOR_SECONDS = 30.0


def faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what keeps the vault from being asked at all."""
    url = settings.key_vault.url
    if url is None:
        return
    if not url.lower().startswith("https://"):
        yield "KEYVAULT_URL", "wants an https:// address"
    if not (find_spec("azure") and find_spec("azure.keyvault") and find_spec("azure.identity")):
        yield "KEYVAULT_URL", "wants more libraries: pip install 'qfa[azure]'"


def store(settings: Settings) -> KeyVault | None:
    """Return the vault as the service asks it, None where there is none."""
    if settings.key_vault.url is None:
        return None
    from qfa_adapters.azure.credentials import service_credential
    from qfa_adapters.azure.key_vault import KeyVault

    return KeyVault(settings.key_vault.url, service_credential())


def operators_store(settings: Settings) -> KeyVault:
    """Return the vault as an operator asks it, who waits longer. Raises SettingsError where there is none."""
    if settings.key_vault.url is None:
        raise SettingsError(("KEYVAULT_URL", "is needed"))
    from qfa_adapters.azure.credentials import operator_credential
    from qfa_adapters.azure.key_vault import KeyVault

    return KeyVault(settings.key_vault.url, operator_credential(), patience_seconds=OPERATOR_SECONDS)


def secrets(settings: Settings, store: SecretStore | None) -> FollowSecrets | None:
    """Return what reads this deployment's secrets, None where there is no vault."""
    if store is None:
        return None
    readers = {
        language_model.KEY_SECRET: _reader(values.HEADER_SECRET),
        language_model.BASE_SECRET: _reader(values.WEB_ADDRESS, lambda base: _refuse_base(settings, base)),
        KEYS_SECRET: _reader(API_KEYS),
    }
    names = (*language_model.secret_names(settings.llm), KEYS_SECRET)
    return FollowSecrets(
        store,
        {name: readers[name] for name in names},
        refresh_seconds=settings.key_vault.refresh_seconds,
    )


def key_store(secrets: FollowSecrets | None, known: KnownKeys) -> VaultKeyStore:
    """Return the store of the vault's keys, empty without a vault; *known* forgets keys that change."""
    keys = VaultKeyStore(on_change=lambda key_id: known.forget(key_id=key_id))
    if secrets is not None:

        def take_over() -> None:
            keys.replace((each.key, each.secret) for each in secrets.value(KEYS_SECRET) or ())

        take_over()
        secrets.subscribe(take_over)
    return keys


def state(secrets: FollowSecrets | None) -> DependencyState:
    """Return how the vault is: it can be away, and all the same what it once said serves."""
    if secrets is None:
        return "not_configured"
    return "degraded" if secrets.is_degraded else "ok"


def faults_after_reading(settings: Settings, secrets: FollowSecrets) -> Iterator[tuple[str, str]]:
    """Yield what is missing for requests to be let in."""
    if settings.auth.api_keys or secrets.value(KEYS_SECRET) is not None:
        return
    issue = secrets.issue(KEYS_SECRET)
    if issue is not None:
        yield "AUTH_API_KEYS", f"is not set, and the Key Vault's secret {KEYS_SECRET} is of no use. {issue}"
    elif not settings.database.track_usage:
        yield "AUTH_API_KEYS", f"or the Key Vault's secret {KEYS_SECRET} is needed without a database"


def _reader(kind: Kind, refuse: Callable[[Any], None] = lambda _: None) -> Callable[[str], Any]:
    """Return a reader of secrets that are like a setting of *kind*, and say so where they are not."""

    def read(text: str) -> Any:
        if not text:
            raise MalformedSecret("is empty")
        try:
            value = Variable("", kind, "").read({"": text})
        except SettingsError as error:
            [(_, issue)] = error.faults
        else:
            refuse(value)
            return value
        raise MalformedSecret(issue)

    return read


def _refuse_base(settings: Settings, base: str) -> None:
    try:
        target_of(msgspec.structs.replace(language_model.connection(settings.llm), api_base=base))
    except UnusableConnection as error:
        issue = error.issue
    else:
        return
    raise MalformedSecret(issue)
