"""Embeds in threads of this process."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import TypeVar

from qfa_adapters.embed.onnx_files import UnusableModelFile
from qfa_adapters.embed.readable import readable
from qfa_adapters.embed.sentence_model import SentenceModel
from qfa_core.clusters import Embeddings
from qfa_core.errors import EmbedderUnavailable
from qfa_core.ports.embedder import Embedder

T = TypeVar("T")

NICENESS = 5
_logger = logging.getLogger("qfa.embedder")


class LocalEmbedder(Embedder):
    """
    Embed with the model that *load* loads at first use, or at `check`, in *workers* threads.

    All calls share the threads, a batch at a time; they yield to the rest of the service, and need no
    closing. A blank text has the vector that the model gives the empty text.
    *has_tried_to_load* tells whether anybody has asked yet, so that one may ask without loading.
    """

    def __init__(self, load: Callable[[], SentenceModel], *, workers: int = 2) -> None:
        self._load = load
        self._loading = threading.Lock()
        self._loaded: SentenceModel | None = None
        self.has_tried_to_load = False
        self._workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="embedding", initializer=_step_back)

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        if not texts:
            return Embeddings(dimensions=0, values=b"")
        model = await self._model()
        return Embeddings(dimensions=model.dimensions, values=await self._vectors(model, texts))

    async def check(self) -> None:
        await self._model()

    async def _model(self) -> SentenceModel:
        if self._loaded is None:
            return await _result(self._threads.submit(self._load_once))
        return self._loaded

    def _load_once(self) -> SentenceModel:
        with self._loading:
            try:
                if self._loaded is None:
                    self._loaded = self._load()
            finally:
                self.has_tried_to_load = True
            return self._loaded

    async def _vectors(self, model: SentenceModel, texts: Sequence[str]) -> bytes:
        """Embed batch after batch, one more under way than there are threads; the rest is not yet begun."""
        vectors = BytesIO()  # which hands its bytes out without a copy, unlike a bytearray
        under_way: deque[Future[bytes]] = deque()
        try:
            for batch in _batches(texts, model):
                under_way.append(self._threads.submit(partial(_encode, model, batch)))
                if len(under_way) > self._workers:
                    rows = await _result(under_way.popleft())
                    vectors.write(rows)
            while under_way:
                rows = await _result(under_way.popleft())
                vectors.write(rows)
        finally:
            for job in under_way:
                job.cancel()
        return vectors.getvalue()


def _encode(model: SentenceModel, texts: Sequence[str]) -> bytes:
    return model.encode([readable(text, model.characters_read) for text in texts])


def _batches(texts: Sequence[str], model: SentenceModel) -> Iterator[Sequence[str]]:
    """Yield *texts* in order, in batches as large as *model* wants them, but for the last."""
    start = characters = 0
    for end, text in enumerate(texts, start=1):
        characters += min(len(text), model.characters_read) + 1
        if characters >= model.characters_at_a_time:
            yield texts[start:end]
            start, characters = end, 0
    if start < len(texts):
        yield texts[start:]


async def _result(job: Future[T]) -> T:
    """
    Wait for *job*; whatever it dies of becomes EmbedderUnavailable.

    The failure is not chained: its message may quote the text that it died of.
    """
    waiting = asyncio.wrap_future(job)
    try:
        await asyncio.wait((waiting,))
    finally:
        if not waiting.cancel():
            waiting.exception()  # seen, or asyncio would log it
    failure = job.exception()
    if isinstance(failure, UnusableModelFile):
        _logger.error("The embedder failed: %s", failure)
        raise EmbedderUnavailable(str(failure))
    if failure is not None:
        _logger.error("The embedder failed with %s.", type(failure).__name__)
        raise EmbedderUnavailable
    return job.result()


def _step_back() -> None:
    """Let every other thread of the service go first; only Linux knows the niceness of threads."""
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.nice(NICENESS)
