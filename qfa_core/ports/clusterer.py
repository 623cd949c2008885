"""The port to what finds texts that belong together."""

from __future__ import annotations

from typing import Protocol

from qfa_core.clusters import Clustering, Embeddings


class Clusterer(Protocol):
    """Something that finds groups of vectors that lie close to each other."""

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        """
        Group the vectors into clusters of at least *min_size*; those that belong nowhere get no label.

        The same vectors give the same clusters, on every machine with the same libraries.
        Fewer vectors than *min_size* make no cluster; vectors that are all alike make one.
        Each cluster has between one and ten exemplars, all of them its own.
        Time grows no faster than n log n from some ten thousand vectors on, memory in proportion to n.
        CPU-bound work leaves the event loop. Cancelling ends it soon. Safe to call concurrently.
        Raises ClustererUnavailable if it cannot be done.
        """
        ...

    async def check(self) -> None:
        """Raise ClustererUnavailable unless vectors can be clustered now."""
        ...
