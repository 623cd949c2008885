"""How the language model is reached: by key or token, with what the settings and the Key Vault say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qfa_adapters.llm.client import HttpxLLMClient
from qfa_adapters.llm.connection import LLMConnection, UnusableConnection
from qfa_adapters.llm.extractive import ExtractiveLLMClient
from qfa_adapters.llm.prices import PRICES, Price, PricesFileError, read_prices
from qfa_adapters.llm.providers import missing_settings, target_of
from qfa_core.errors import LLMUnavailable
from qfa_core.ports.llm_client import LLMClient
from qfa_core.secrets import Secret
from qfa_core.use_cases.follow_secrets import FollowSecrets
from qfa_http.settings import EXTRACTIVE_MODEL, LLMSettings, Settings

KEY_SECRET = "llm-api-key"  # noqa: S105 - a name
BASE_SECRET = "llm-api-base"  # noqa: S105 - a name
_SECRETS = {"LLM_API_KEY": KEY_SECRET, "LLM_API_BASE": BASE_SECRET}

# https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity
_ENTRA_SCOPE = "https://cognitiveservices.azure.com/.default"


def client(settings: Settings, secrets: FollowSecrets | None) -> LLMClient:
    """Return the client of the language model, which asks with a changed key or address from then on."""
    llm = settings.llm
    if llm.model == EXTRACTIVE_MODEL:
        return ExtractiveLLMClient()
    prices = read_prices(llm.prices_file) if llm.prices_file else PRICES
    if llm.auth_mode == "entra":
        client = _client_with_tokens(connection(llm, secrets), prices)
    else:
        client = HttpxLLMClient(connection(llm, secrets), prices=prices)
    if secrets is not None:
        secrets.subscribe(lambda: client.reconnect(connection(llm, secrets)))
    return client


def connection(llm: LLMSettings, secrets: FollowSecrets | None = None) -> LLMConnection:
    """Return where the model is; what the vault says goes before what the settings say."""
    return LLMConnection(
        model=llm.model,
        api_key=(secrets and secrets.value(KEY_SECRET)) or llm.api_key,
        api_base=(secrets and secrets.value(BASE_SECRET)) or llm.api_base,
        api_version=llm.api_version,
        auth_mode=llm.auth_mode,
        timeout_seconds=llm.timeout_seconds,
        max_concurrency=llm.max_concurrency,
    )


def secret_names(llm: LLMSettings) -> tuple[str, ...]:
    """Return the secrets that this deployment's model can do with."""
    if llm.model == EXTRACTIVE_MODEL:
        return ()
    return (BASE_SECRET,) if llm.auth_mode == "entra" else (KEY_SECRET, BASE_SECRET)


def faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what is the matter with the settings, but for what a Key Vault may have yet to say."""
    llm = settings.llm
    if llm.model == EXTRACTIVE_MODEL:
        # Somebody means a real one: no stand-in for them.
        if llm.api_key or llm.api_base or llm.auth_mode == "entra":
            yield "LLM_MODEL", "wants a provider's model where LLM_API_KEY, LLM_API_BASE or entra is set"
        return
    if llm.auth_mode == "entra" and llm.api_key:
        yield "LLM_API_KEY", "wants to be empty where LLM_AUTH_MODE is entra"
    try:
        missing = missing_settings(connection(llm))
        if settings.key_vault.url is None:
            for name in missing:
                yield name, "is needed for this provider"
        if "LLM_API_BASE" not in missing:
            target_of(connection(llm))
        if llm.prices_file:
            read_prices(llm.prices_file)
    except (UnusableConnection, PricesFileError) as error:
        yield error.setting, error.issue


def faults_after_reading(settings: Settings, secrets: FollowSecrets) -> Iterator[tuple[str, str]]:
    """Yield what neither the settings nor the vault gave."""
    if settings.llm.model == EXTRACTIVE_MODEL:
        return
    for name in missing_settings(connection(settings.llm, secrets)):
        secret = _SECRETS[name]
        why = secrets.issue(secret) or "It is not in the vault."
        yield name, f"or the Key Vault's secret {secret} is needed for this provider. {why}"


def _client_with_tokens(connection: LLMConnection, prices: Mapping[str, Price]) -> HttpxLLMClient:
    from qfa_adapters.azure.tokens import ManagedIdentityTokens

    tokens = ManagedIdentityTokens(_ENTRA_SCOPE)

    async def token() -> Secret:
        current = await tokens.current()
        if current is None:
            raise LLMUnavailable
        return current

    return HttpxLLMClient(connection, bearer_token=token, refuse_token=tokens.forget, prices=prices)
