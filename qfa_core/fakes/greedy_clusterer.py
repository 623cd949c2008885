"""A clusterer that takes vectors as they come."""

from __future__ import annotations

import operator
from collections.abc import Sequence

from qfa_core.clusters import Clustering, Embeddings
from qfa_core.errors import ClustererUnavailable
from qfa_core.ports.clusterer import Clusterer

_MOST_EXEMPLARS = 10


class GreedyClusterer(Clusterer):
    """
    Put each vector to the first one that lies within *reach* (cosine) of it and began a cluster.

    Takes time in proportion to vectors times clusters: for tests, not for corpora. While *is_down* is
    set, every call raises ClustererUnavailable.
    """

    def __init__(self, *, reach: float = 0.6, is_down: bool = False) -> None:
        self._reach = reach
        self.is_down = is_down

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        await self.check()
        members: list[list[int]] = []
        first: list[Sequence[float]] = []
        for position, vector in enumerate(embeddings.rows()):
            near = next((label for label, other in enumerate(first) if self._is_near(vector, other)), None)
            if near is None:
                first.append(vector)
                members.append([position])
            else:
                members[near].append(position)
        clusters = sorted(
            (own for own in members if len(own) >= min_size), key=lambda own: (-len(own), own[0])
        )
        label_of = {position: label for label, own in enumerate(clusters) for position in own}
        return Clustering(
            labels=tuple(label_of.get(position) for position in range(embeddings.count)),
            exemplars=tuple(tuple(own[:_MOST_EXEMPLARS]) for own in clusters),
        )

    async def check(self) -> None:
        if self.is_down:
            raise ClustererUnavailable

    def _is_near(self, one: Sequence[float], other: Sequence[float]) -> bool:
        cosine: float = sum(map(operator.mul, one, other))
        return cosine >= self._reach
