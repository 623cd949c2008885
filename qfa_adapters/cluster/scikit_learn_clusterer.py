"""A clusterer that lets scikit-learn work in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import cast

import msgspec

from qfa_adapters.cluster.wire import Reply, question
from qfa_core.clusters import Clustering, Embeddings
from qfa_core.errors import ClustererUnavailable
from qfa_core.ports.clusterer import Clusterer

WORKERS_AT_ONCE = 2

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_FOR_THE_LOADER = ("LD_LIBRARY_PATH",)
_logger = logging.getLogger("qfa.clusterer")


class ScikitLearnClusterer(Clusterer):
    """
    Cluster in a worker, `worker.py`, which *python* runs: a process for every question, two at a time.

    HDBSCAN holds the interpreter's lock for all of its time, so that a thread would hold up the event loop.
    The worker is killed when its caller is cancelled, and ends by itself when the service does.
    """

    def __init__(self, *, python: str = sys.executable) -> None:
        self._python = python
        self._turns = asyncio.Semaphore(WORKERS_AT_ONCE)
        self._has_worked = False

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        if embeddings.count < max(min_size, 1):
            return Clustering(labels=(None,) * embeddings.count, exemplars=())
        async with self._turns:
            reply = await self._ask(embeddings, min_size)
        if reply.clustering is None:
            _logger.error("The clusterer failed with %s.", reply.failure)
            raise ClustererUnavailable
        self._has_worked = True
        return reply.clustering

    async def check(self) -> None:
        if not self._has_worked:  # what could be imported once can be imported again
            await self.cluster(Embeddings.of([[1.0]]), min_size=1)

    async def _ask(self, embeddings: Embeddings, min_size: int) -> Reply:
        """Return the worker's reply, or the failure to get one."""
        try:
            worker = await self._start(embeddings.count, embeddings.dimensions, min_size)
            return await _converse(worker, embeddings)
        except (OSError, msgspec.MsgspecError) as error:
            return Reply(failure=type(error).__name__)

    async def _start(self, *arguments: int) -> Process:
        return await asyncio.create_subprocess_exec(
            *(self._python, "-P", "-m", "qfa_adapters.cluster.worker", *map(str, arguments)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # what libraries say may quote what they were given
            env=_environment(),
        )


def _environment() -> dict[str, str]:
    """Return the worker's: no secrets of the service, and one thread, for sums to come out the same."""
    inherited = {name: os.environ[name] for name in _FOR_THE_LOADER if name in os.environ}
    return inherited | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


async def _converse(worker: Process, embeddings: Embeddings) -> Reply:
    """Put the question to *worker* and return its reply; whatever happens, it is gone afterwards."""
    questions, answers = cast(StreamWriter, worker.stdin), cast(StreamReader, worker.stdout)
    has_ended = False
    try:
        with suppress(ConnectionError):  # it died: what it left to read says of what
            for part in question(embeddings):
                questions.write(part)
                await questions.drain()
        reply = await answers.read()
        has_ended = True
    finally:
        if not has_ended:
            with suppress(ProcessLookupError):
                worker.kill()
        await worker.wait()
    return msgspec.msgpack.decode(reply, type=Reply)
