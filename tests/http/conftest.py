"""The application with fakes in its container, and callers of every kind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from qfa_core.fakes.greedy_clusterer import GreedyClusterer
from qfa_core.fakes.in_memory_key_store import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.fakes.scripted_llm_client import ScriptedLLMClient
from qfa_core.fakes.word_embedder import WordEmbedder
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey
from qfa_http.app import create_app
from qfa_http.container import Container, build_container
from qfa_http.settings import AuthSettings, ConfiguredKey, HTTPSettings, Settings

KEYS = {"kenya": "key-of-kenya", "nepal": "key-of-nepal", "root": "key-of-root"}
MAX_BODY_BYTES = 100_000

SCRIPT = {
    "analyze": "Water is short. <PERSON_1> said so.",
    "judge_analysis": {"reason": "Few records.", "score": 0.8},
    "summarize": {"title": "Water", "summary": "- no water"},
    "judge_summary": {"reason": "Good.", "score": 0.82},
    "summarize_corpus": {"title": "Water and food", "summary": "- water\n- food"},
    "judge_corpus_summary": {"reason": "Good.", "score": 0.5},
    "pick_codes": {"codes": ["c1"]},
    "judge_code": {"reason": "It says so.", "score": 0.9},
    "detect_sensitive": {
        "explanation": "A bribe is asked for.",
        "is_sensitive": True,
        "sensitivity_types": ["CORRUPTION"],
    },
    "analyze_chunk": "Water is short in this chunk.",
    "judge_chunk": {"reason": "Few records.", "score": 0.6},
    "conclude_analysis": "Water is short everywhere. <PERSON_1> said so.",
    "name_themes": {"themes": [{"label": "g1", "title": "Water", "description": "It is short."}]},
}


@pytest.fixture
def llm() -> ScriptedLLMClient:
    """Return a language model that answers every task; tests hand in another by overriding."""
    return ScriptedLLMClient(SCRIPT)


@pytest.fixture
def usage_store() -> InMemoryUsageStore:
    return InMemoryUsageStore()


@pytest.fixture
def container(llm: ScriptedLLMClient, usage_store: InMemoryUsageStore) -> Container:
    """Return the real container, with fakes at its edges."""
    keys = tuple(
        ConfiguredKey(
            key=ApiKey(id=f"id-{tenant}", name=tenant, tenant_id=tenant, is_superuser=tenant == "root"),
            secret=Secret(secret),
        )
        for tenant, secret in KEYS.items()
    )
    settings = Settings(auth=AuthSettings(api_keys=keys), http=HTTPSettings(max_body_bytes=MAX_BODY_BYTES))
    container = build_container(settings)
    key_store = InMemoryKeyStore()
    container.llm.override(llm)
    container.embedder.override(WordEmbedder())
    container.clusterer.override(GreedyClusterer())
    container.usage_store.override(usage_store)
    container.key_registry.override(key_store)
    container.tenant_registry.override(InMemoryTenantStore(key_store))
    return container


@pytest.fixture
async def anonymous(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    """Return a caller without a key."""
    transport = httpx.ASGITransport(create_app(container))
    async with httpx.AsyncClient(transport=transport, base_url="http://qfa") as client:
        yield client


@pytest.fixture
async def caller(anonymous: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Return a caller of the tenant `kenya`."""
    async with _with_key(anonymous, "kenya") as client:
        yield client


@pytest.fixture
async def neighbour(anonymous: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Return a caller of another tenant, `nepal`."""
    async with _with_key(anonymous, "nepal") as client:
        yield client


@pytest.fixture
async def superuser(anonymous: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Return a superuser."""
    async with _with_key(anonymous, "root") as client:
        yield client


def _with_key(anonymous: httpx.AsyncClient, tenant: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {KEYS[tenant]}"}
    return httpx.AsyncClient(transport=anonymous._transport, base_url="http://qfa", headers=headers)
