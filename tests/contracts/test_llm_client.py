"""Every client of a language model keeps the promises of the port."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from qfa_adapters.llm.client import HttpxLLMClient
from qfa_adapters.llm.connection import LLMConnection
from qfa_adapters.llm.extractive import ExtractiveLLMClient
from qfa_core.contracts import LLMBackend, LLMClientContract
from qfa_core.fakes import InMemoryUsageStore, ScriptedLLMClient
from qfa_core.llm import Prompt
from qfa_core.ports.llm_client import LLMClient
from qfa_core.prompts.summarize import summary_prompt
from qfa_core.secrets import Secret
from qfa_core.use_cases.recording import RecordingLLMClient
from tests.contracts.broken._honest_llm_client import HonestLLMClient
from tests.contracts.provider_backend import ProviderBackend
from tests.fakes.provider import FakeProvider

PLACES = 16


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    """One provider that all tests here share; each directs it anew."""
    with FakeProvider() as fake:
        yield fake


class OverHTTP(LLMClientContract):
    """The client over HTTP, to a fake that speaks the format of *model*."""

    model: str
    places = PLACES

    @pytest.fixture
    def backend(self, provider: FakeProvider) -> LLMBackend:
        return ProviderBackend(provider)

    @pytest.fixture
    async def llm_client(self, backend: LLMBackend, provider: FakeProvider) -> AsyncIterator[LLMClient]:
        connection = LLMConnection(
            model=self.model, api_base=provider.url, api_key=Secret("a-key"), max_concurrency=PLACES
        )
        async with HttpxLLMClient(connection, random=lambda: 0.02) as client:
            yield client


class TestAzure(OverHTTP):
    model = "azure/ours"


class TestAzureAI(OverHTTP):
    model = "azure_ai/phi-4"
    passes_tenant_on = False


class TestOpenAI(OverHTTP):
    model = "openai/gpt-4o"


class TestLiteLLMProxy(OverHTTP):
    model = "litellm_proxy/a/b"


class TestMistral(OverHTTP):
    model = "mistral/m"
    passes_tenant_on = False


class TestOllama(OverHTTP):
    model = "ollama/q:8b"


class TestAnthropic(OverHTTP):
    model = "anthropic/claude-sonnet-5"


class TestRecording(LLMClientContract):
    """Who keeps account of another client promises all that the other does."""

    @pytest.fixture
    def backend(self) -> LLMBackend:
        return LLMBackend()

    @pytest.fixture
    def llm_client(self, backend: LLMBackend) -> LLMClient:
        ids = itertools.count()
        return RecordingLLMClient(
            HonestLLMClient(backend),
            InMemoryUsageStore(),
            clock=time.monotonic,
            now=lambda: dt.datetime.now(dt.UTC),
            new_id=lambda: f"call-{next(ids)}",
        )


class TestExtractive(LLMClientContract):
    supports_failures = False

    @pytest.fixture
    def llm_client(self) -> LLMClient:
        return ExtractiveLLMClient()

    def prompt(self, words: str = "The well is dry.", **changes: Any) -> Prompt:
        return summary_prompt(words)


class TestScripted(LLMClientContract):
    supports_failures = False

    @pytest.fixture
    def llm_client(self) -> LLMClient:
        return ScriptedLLMClient({"summarize": "- no water"})
