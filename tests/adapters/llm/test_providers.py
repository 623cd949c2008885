"""The table of providers."""

from __future__ import annotations

import pytest

from qfa_adapters.llm.connection import LLMConnection, UnusableConnection
from qfa_adapters.llm.providers import (
    PROVIDERS,
    missing_settings,
    provider_of,
    target_of,
)
from qfa_core.secrets import Secret


def test_the_providers_of_the_contract_are_known() -> None:
    assert set(PROVIDERS) == {
        "azure",
        "azure_ai",
        "openai",
        "litellm_proxy",
        "mistral",
        "anthropic",
        "ollama",
    }


@pytest.mark.parametrize(
    "model", ["", "gpt-4o", "openai", "openai/", "/gpt-4o", "Azure/x", "local/extractive"]
)
def test_a_model_without_a_known_provider_is_told_by_the_settings_name(model: str) -> None:
    with pytest.raises(UnusableConnection, match="LLM_MODEL wants provider/model"):
        provider_of(model)
    with pytest.raises(UnusableConnection):
        missing_settings(LLMConnection(model=model))


@pytest.mark.parametrize(
    ("model", "missing"),
    [
        ("azure/d", ("LLM_API_KEY", "LLM_API_BASE")),
        ("azure_ai/m", ("LLM_API_KEY", "LLM_API_BASE")),
        ("openai/m", ("LLM_API_KEY",)),
        ("litellm_proxy/m", ("LLM_API_BASE",)),
        ("mistral/m", ("LLM_API_KEY",)),
        ("anthropic/m", ("LLM_API_KEY",)),
        ("ollama/m", ()),
    ],
)
def test_what_a_provider_needs_is_missed(model: str, missing: tuple[str, ...]) -> None:
    assert missing_settings(LLMConnection(model=model)) == missing


@pytest.mark.parametrize("provider", list(PROVIDERS))
def test_with_key_and_base_nothing_is_missing(provider: str) -> None:
    connection = LLMConnection(model=f"{provider}/m", api_key=Secret("k"), api_base="https://example.org")

    assert missing_settings(connection) == ()


def test_an_empty_key_is_a_missing_key() -> None:
    connection = LLMConnection(model="mistral/m", api_key=Secret(""), api_base="")

    assert missing_settings(connection) == ("LLM_API_KEY",)


@pytest.mark.parametrize(("model", "missing"), [("openai/m", ()), ("mistral/m", ("LLM_API_KEY",))])
def test_only_openai_like_servers_of_ones_own_do_without_a_key(model: str, missing: tuple[str, ...]) -> None:
    assert missing_settings(LLMConnection(model=model, api_base="http://vllm:8000")) == missing


@pytest.mark.parametrize("model", ["azure/d", "azure_ai/m"])
def test_entra_stands_in_for_azures_key(model: str) -> None:
    connection = LLMConnection(model=model, api_base="https://example.org", auth_mode="entra")

    assert missing_settings(connection) == ()


@pytest.mark.parametrize("model", ["anthropic/m", "openai/m", "ollama/m"])
def test_no_provider_but_azures_takes_tokens_of_entra(model: str) -> None:
    connection = LLMConnection(model=model, api_base="https://example.org", auth_mode="entra")

    with pytest.raises(UnusableConnection, match="LLM_AUTH_MODE can be entra"):
        missing_settings(connection)


@pytest.mark.parametrize(
    ("model", "base", "url"),
    [
        ("openai/m", None, "https://api.openai.com/v1/chat/completions"),
        ("openai/m", "http://vllm:8000", "http://vllm:8000/v1/chat/completions"),
        ("openai/m", "http://vllm:8000/", "http://vllm:8000/v1/chat/completions"),
        ("openai/m", "https://x.example/openai/v1/", "https://x.example/openai/v1/chat/completions"),
        ("mistral/m", None, "https://api.mistral.ai/v1/chat/completions"),
        ("ollama/m", None, "http://localhost:11434/v1/chat/completions"),
        ("ollama/m", "http://gpu:11434", "http://gpu:11434/v1/chat/completions"),
        ("ollama/m", "http://gpu:11434/v1", "http://gpu:11434/v1/chat/completions"),
        ("litellm_proxy/m", "https://proxy.example/llm", "https://proxy.example/llm/chat/completions"),
        ("anthropic/m", None, "https://api.anthropic.com/v1/messages"),
        ("anthropic/m", "https://gateway.example/v1/", "https://gateway.example/v1/messages"),
        (
            "azure_ai/m",
            "https://x/models/",
            "https://x/models/chat/completions?api-version=2024-08-01-preview",
        ),
        (
            "azure/a/b",
            "https://x.openai.azure.com/",
            "https://x.openai.azure.com/openai/deployments/a%2Fb/chat/completions?api-version=2024-10-21",
        ),
    ],
)
def test_the_address_is_made_of_base_and_model(model: str, base: str | None, url: str) -> None:
    connection = LLMConnection(model=model, api_base=base)

    assert provider_of(model).url(target_of(connection)) == url


@pytest.mark.parametrize(
    "base", ["CANARY", "ftp://CANARY", "http://", "http://[CANARY", "https://CANARY/?a=b", "http://CANARY:x"]
)
def test_a_base_that_is_no_url_is_told_without_its_value(base: str) -> None:
    with pytest.raises(UnusableConnection, match="LLM_API_BASE wants a URL") as raised:
        target_of(LLMConnection(model="openai/m", api_base=base))

    assert "CANARY" not in str(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.parametrize("prefix", list(PROVIDERS))
def test_no_header_of_a_key_is_left_out_of_the_secret(prefix: str) -> None:
    headers = PROVIDERS[prefix].key_headers(Secret("the-key"))

    assert all("the-key" in value for value in headers.values())
    assert headers
