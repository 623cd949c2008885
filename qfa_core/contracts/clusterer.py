"""What every clusterer promises."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from qfa_core.clusters import Clustering, Embeddings
from qfa_core.contracts.contract import Contract, needs, not_given
from qfa_core.contracts.event_loop import ends_soon, least_silence_seconds
from qfa_core.errors import ClustererUnavailable
from qfa_core.ports.clusterer import Clusterer

DIMENSIONS = 32
SPREAD = 0.05
A_MOMENT_SECONDS = 0.02
MOST_EXEMPLARS = 10
MORE = 3
MOST_GROWTH = 6.0  # in proportion it would be 3, with the square 9
# Themes in the order of their vectors: 1 is the largest, 0 and 2 are of one size, and 0 comes first.
MIXED = [0, 2, 1, 1, 0, 2, 1] * 12
LABEL_OF = {1: 0, 0: 1, 2: 2}


class ClustererContract(Contract):
    """
    The promises of a Clusterer.

    *failing_clusterer* is one that fails at whatever it is given, and at its check; who has none says
    `can_fail = False`. *many_vectors* is how many make work that must not hold up the event loop.
    """

    can_fail = True
    many_vectors = 2_000

    gentle_from_vectors = 10_000
    """From how many vectors on time grows in proportion to them."""

    grace_seconds = 1.0
    """How long a clusterer may take to end once it is cancelled."""

    longest_silence_seconds = 0.25
    """For how long at a time the event loop may be held up."""

    @pytest.fixture
    def failing_clusterer(self) -> Clusterer:
        not_given("failing_clusterer", "can_fail")

    @property
    def work(self) -> Embeddings:
        """Vectors that keep a clusterer busy for a while."""
        return around([number % 5 for number in range(self.many_vectors)])

    async def test_groups_that_lie_apart_are_found(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: Group the vectors into clusters of at least *min_size*"""
        found = await clusterer.cluster(around(MIXED), min_size=5)

        members = zip(MIXED, found.labels, strict=True)
        assert len(set(members)) == 3
        assert len(set(found.labels) - {None}) == 3

    async def test_clusters_are_numbered_by_falling_size_and_then_by_their_first_text(
        self, clusterer: Clusterer
    ) -> None:
        """Clustering: Clusters are numbered from 0 by falling size, those of one size by their first text"""
        found = await clusterer.cluster(around(MIXED), min_size=5)

        assert found.labels == tuple(LABEL_OF[theme] for theme in MIXED)

    async def test_there_is_one_label_a_vector(self, clusterer: Clusterer) -> None:
        """Clustering: *labels* has one entry a text"""
        found = await clusterer.cluster(around([0] * 20 + [1]), min_size=5)

        assert len(found.labels) == 21

    async def test_no_cluster_is_smaller_than_asked_for(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: those that belong nowhere get no label"""
        found = await clusterer.cluster(around([0] * 20 + [1] * 20 + [2] * 3), min_size=6)

        sizes = Counter(label for label in found.labels if label is not None)
        assert sizes
        assert min(sizes.values()) >= 6
        assert found.labels[:40] == (0,) * 20 + (1,) * 20

    async def test_exemplars_are_one_to_ten_of_the_clusters_own(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: Each cluster has between one and ten exemplars, all of them its own"""
        found = await clusterer.cluster(around(MIXED), min_size=5)

        assert len(found.exemplars) == len(set(found.labels) - {None})
        for label, own in enumerate(found.exemplars):
            assert 1 <= len(own) <= MOST_EXEMPLARS
            assert len(set(own)) == len(own)
            assert {found.labels[position] for position in own} == {label}

    @pytest.mark.parametrize("count", [0, 1, 4])
    async def test_fewer_vectors_than_asked_for_make_no_cluster(
        self, clusterer: Clusterer, count: int
    ) -> None:
        """Clusterer.cluster: Fewer vectors than *min_size* make no cluster"""
        found = await clusterer.cluster(around([0] * count), min_size=5)

        assert found == Clustering(labels=(None,) * count, exemplars=())

    async def test_vectors_that_are_all_alike_make_one_cluster(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: vectors that are all alike make one"""
        found = await clusterer.cluster(Embeddings.of([_unit([1.0] * DIMENSIONS)] * 30), min_size=5)

        assert found.labels == (0,) * 30
        assert len(found.exemplars) == 1

    async def test_the_same_vectors_give_the_same_clusters(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: The same vectors give the same clusters"""
        scattered = around(list(range(20)) * 10, spread=0.6)

        once = await clusterer.cluster(scattered, min_size=5)

        assert await clusterer.cluster(scattered, min_size=5) == once

    async def test_concurrent_calls_get_their_own_clusters(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: Safe to call concurrently"""
        questions = [around([0] * size + [1] * 10) for size in (8, 12, 20)]

        together = await asyncio.gather(*(clusterer.cluster(each, min_size=5) for each in questions))

        assert [len(found.labels) for found in together] == [18, 22, 30]
        assert [found.labels[0] for found in together] == [1, 0, 0]

    async def test_time_grows_not_much_faster_than_the_number_of_vectors(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: Time grows no faster than n log n"""
        growths = [await self._growth(clusterer)]
        if growths[0] >= MOST_GROWTH:  # which may be the machine's doing
            growths.append(await self._growth(clusterer))

        assert min(growths) < MOST_GROWTH

    async def test_the_event_loop_gets_its_turn(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: CPU-bound work leaves the event loop"""
        work = self.work

        silence = await least_silence_seconds(
            lambda: clusterer.cluster(work, min_size=5), enough_seconds=self.longest_silence_seconds
        )

        assert silence <= self.longest_silence_seconds

    async def test_cancelling_ends_it_soon(self, clusterer: Clusterer) -> None:
        """Clusterer.cluster: Cancelling ends it soon"""
        clustering = asyncio.ensure_future(clusterer.cluster(self.work, min_size=5))
        await asyncio.sleep(A_MOMENT_SECONDS)

        assert await ends_soon(clustering, seconds=self.grace_seconds)

    async def test_a_clusterer_that_works_passes_its_check(self, clusterer: Clusterer) -> None:
        """Clusterer.check: unless vectors can be clustered now"""
        await clusterer.check()

    @needs("can_fail")
    async def test_a_failure_is_told_as_unavailable(self, failing_clusterer: Clusterer) -> None:
        """Clusterer.cluster: Raises ClustererUnavailable if it cannot be done"""
        with pytest.raises(ClustererUnavailable):
            await failing_clusterer.cluster(self.work, min_size=5)

    @needs("can_fail")
    async def test_a_clusterer_that_fails_fails_its_check(self, failing_clusterer: Clusterer) -> None:
        """Clusterer.check: Raise ClustererUnavailable unless vectors can be clustered now"""
        with pytest.raises(ClustererUnavailable):
            await failing_clusterer.check()

    async def _growth(self, clusterer: Clusterer) -> float:
        few_seconds, many_seconds = await self._seconds(clusterer, 1), await self._seconds(clusterer, MORE)
        return many_seconds / few_seconds

    async def _seconds(self, clusterer: Clusterer, times: int) -> float:
        vectors = around([0, 1] * (self.gentle_from_vectors // 2) * times, dimensions=8)
        began = time.perf_counter()
        await clusterer.cluster(vectors, min_size=5)
        return time.perf_counter() - began


def around(
    themes: Sequence[int], *, spread: float = SPREAD, dimensions: int = DIMENSIONS, seed: int = 0
) -> Embeddings:
    """Return a unit vector for each of *themes*, *spread* a dimension away from that theme's direction."""
    numbers = random.Random(seed)  # noqa: S311 - no secret
    directions = [[numbers.gauss() for _ in range(dimensions)] for _ in range(max(themes, default=0) + 1)]
    return Embeddings.of([_unit([x + spread * numbers.gauss() for x in directions[each]]) for each in themes])


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.hypot(*vector)
    return [number / length for number in vector]
