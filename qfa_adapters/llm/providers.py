"""
The table of providers: what stands before the first slash of LLM_MODEL.

A provider is one entry here, and a module of its own only if it speaks a format of its own.
Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from qfa_adapters.llm import anthropic_messages, openai_chat
from qfa_adapters.llm.connection import LLMConnection, UnusableConnection
from qfa_adapters.llm.wire import Answer, Target
from qfa_core.llm import Prompt
from qfa_core.secrets import Secret


def bearer(secret: Secret) -> dict[str, str]:
    """Return the header that carries *secret* as a token."""
    return {"authorization": f"Bearer {secret.reveal()}"}


def _azure_key(secret: Secret) -> dict[str, str]:
    return {"api-key": secret.reveal()}


def _azure_ai_key(secret: Secret) -> dict[str, str]:
    # Serverless endpoints read the one, the unified endpoint the other; Microsoft's SDK sends both.
    return {**bearer(secret), **_azure_key(secret)}


def _anthropic_key(secret: Secret) -> dict[str, str]:
    return {"x-api-key": secret.reveal()}


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """
    How one provider is spoken to.

    *default_base* None: the deployment must name one. *version_header* carries the version where the URL
    does not. *adds_v1*: a base without a path means the server's `/v1`. *needs_key* with *keyless_base*:
    a server of one's own may do without.
    """

    default_base: str | None = None
    default_version: str = ""
    version_header: str | None = None
    adds_v1: bool = False
    needs_key: bool = False
    keyless_base: bool = False
    takes_entra: bool = False
    key_headers: Callable[[Secret], Mapping[str, str]] = bearer
    url: Callable[[Target], str] = openai_chat.url
    payload: Callable[[Target, Prompt, str], Mapping[str, Any]] = openai_chat.payload
    read: Callable[[bytes], Answer] = openai_chat.read


PROVIDERS: Mapping[str, Provider] = {
    "azure": Provider(
        default_version="2024-10-21",
        needs_key=True,
        takes_entra=True,
        key_headers=_azure_key,
        url=openai_chat.azure_url,
    ),
    # An unknown field is an error there unless a header says otherwise, and `user` is not in the format:
    # https://learn.microsoft.com/azure/ai-studio/reference/reference-model-inference-api
    # It takes JSON schemas from version 2024-08-01-preview on.
    "azure_ai": Provider(
        default_version="2024-08-01-preview",
        needs_key=True,
        takes_entra=True,
        key_headers=_azure_ai_key,
        url=openai_chat.azure_ai_url,
        payload=openai_chat.payload_without_user,
    ),
    "openai": Provider(
        default_base="https://api.openai.com/v1", adds_v1=True, needs_key=True, keyless_base=True
    ),
    "litellm_proxy": Provider(adds_v1=True),
    # It answers 422 `extra_forbidden` to any field that it does not know, `user` among them.
    "mistral": Provider(
        default_base="https://api.mistral.ai/v1",
        adds_v1=True,
        needs_key=True,
        payload=openai_chat.payload_without_user,
    ),
    "ollama": Provider(default_base="http://localhost:11434/v1", adds_v1=True),
    "anthropic": Provider(
        default_base="https://api.anthropic.com",
        default_version="2023-06-01",
        version_header="anthropic-version",
        needs_key=True,
        key_headers=_anthropic_key,
        url=anthropic_messages.url,
        payload=anthropic_messages.payload,
        read=anthropic_messages.read,
    ),
}


def provider_of(model: str) -> Provider:
    """Return the provider that *model* names. Raises UnusableConnection where it names none, or no model."""
    prefix, _, name = model.partition("/")
    if prefix not in PROVIDERS or not name:
        raise UnusableConnection(
            "LLM_MODEL", f"wants provider/model, the provider one of {', '.join(PROVIDERS)}"
        )
    return PROVIDERS[prefix]


def missing_settings(connection: LLMConnection) -> tuple[str, ...]:
    """
    Return the names of the settings without which the provider cannot be called, () if nothing is missing.

    LLM_API_VERSION is never among them: a provider that has versions has a default.
    Raises UnusableConnection where *connection* names no known provider, or tokens that it does not take.
    """
    provider = provider_of(connection.model)
    if connection.auth_mode == "entra" and not provider.takes_entra:
        takers = " or ".join(f"{name}/" for name, each in PROVIDERS.items() if each.takes_entra)
        raise UnusableConnection("LLM_AUTH_MODE", f"can be entra for models of {takers} alone")
    missing = []
    if _wants_key(provider, connection) and not connection.api_key:
        missing.append("LLM_API_KEY")
    if provider.default_base is None and not connection.api_base:
        missing.append("LLM_API_BASE")
    return tuple(missing)


def _wants_key(provider: Provider, connection: LLMConnection) -> bool:
    if connection.auth_mode == "entra":
        return False
    return provider.needs_key and not (provider.keyless_base and connection.api_base)


def target_of(connection: LLMConnection) -> Target:
    """
    Return the model that *connection* means, with the provider's defaults filled in.

    Raises UnusableConnection where it names no known provider or its base is no URL.
    """
    provider = provider_of(connection.model)
    return Target(
        model=connection.model.partition("/")[2],
        base=_base(provider, connection.api_base or provider.default_base or ""),
        version=connection.api_version or provider.default_version,
    )


def _base(provider: Provider, base: str) -> str:
    base = base.strip().rstrip("/")
    if not _is_url(base):
        raise UnusableConnection("LLM_API_BASE", "wants a URL such as https://example.org, without a query")
    return f"{base}/v1" if provider.adds_v1 and not urlsplit(base).path else base


def _is_url(base: str) -> bool:
    try:
        parts = urlsplit(base)
        _ = parts.port  # reading it is what finds a port that is no number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
