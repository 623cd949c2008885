"""Fakes of the ports, shipped for tests of ours and of others."""

from qfa_core.fakes.greedy_clusterer import GreedyClusterer
from qfa_core.fakes.in_memory_key_store import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.fakes.in_memory_secret_store import InMemorySecretStore
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from qfa_core.fakes.scripted_anonymizer import ScriptedAnonymizer
from qfa_core.fakes.scripted_llm_client import ScriptedLLMClient
from qfa_core.fakes.word_embedder import WordEmbedder

__all__ = [
    "GreedyClusterer",
    "InMemoryKeyStore",
    "InMemorySecretStore",
    "InMemoryTenantStore",
    "InMemoryUsageStore",
    "ScriptedAnonymizer",
    "ScriptedLLMClient",
    "WordEmbedder",
]
