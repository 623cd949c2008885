"""Clusterers with one bug each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import ClassVar

import msgspec
import pytest

from qfa_core.clusters import Clustering, Embeddings
from qfa_core.contracts import ClustererContract
from qfa_core.errors import ClustererUnavailable
from qfa_core.fakes import GreedyClusterer
from qfa_core.ports.clusterer import Clusterer
from tests.contracts.twins import Twins

CONTRACT = ClustererContract
TWINS = Twins()

MANY = 900


class HonestClusterer(Clusterer):
    """Keeps every promise, for twins to break one each."""

    def __init__(self, *, is_down: bool = False) -> None:
        self.greedy = GreedyClusterer(is_down=is_down)

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        if embeddings.count > MANY:
            await asyncio.sleep(0.05)
        return self.changed(await self.greedy.cluster(embeddings, min_size=min_size))

    async def check(self) -> None:
        await self.greedy.check()

    def changed(self, found: Clustering) -> Clustering:
        return found


class Suite(ClustererContract):
    """The contract on one twin."""

    twin: ClassVar[type[HonestClusterer]]
    gentle_from_vectors = 1_000

    @pytest.fixture
    def clusterer(self) -> HonestClusterer:
        return self.twin()

    @pytest.fixture
    def failing_clusterer(self) -> HonestClusterer:
        return self.twin(is_down=True)


def renumbered(found: Clustering, key: Callable[[list[int]], Hashable]) -> Clustering:
    """Return the same clusters in the order of *key*, which gets the positions of a cluster's members."""
    members = [
        [position for position, own in enumerate(found.labels) if own == label]
        for label in range(len(found.exemplars))
    ]
    order = sorted(range(len(members)), key=lambda label: key(members[label]))  # type: ignore[arg-type,return-value]
    number = {old: new for new, old in enumerate(order)}
    return Clustering(
        labels=tuple(None if label is None else number[label] for label in found.labels),
        exemplars=tuple(found.exemplars[old] for old in order),
    )


@TWINS.fails()
class Honest(HonestClusterer):
    """Has no bug: what twins are built from keeps every promise."""


@TWINS.fails(
    "test_groups_that_lie_apart_are_found",
    "test_clusters_are_numbered_by_falling_size_and_then_by_their_first_text",
    "test_no_cluster_is_smaller_than_asked_for",
    "test_concurrent_calls_get_their_own_clusters",
)
class OneForAll(HonestClusterer):
    """Throws all clusters together."""

    def changed(self, found: Clustering) -> Clustering:
        return Clustering(
            labels=tuple(None if label is None else 0 for label in found.labels),
            exemplars=found.exemplars[:1],
        )


@TWINS.fails(
    "test_clusters_are_numbered_by_falling_size_and_then_by_their_first_text",
    "test_concurrent_calls_get_their_own_clusters",
)
class NumberedAsTheyCome(HonestClusterer):
    """Numbers clusters in the order in which it meets them."""

    def changed(self, found: Clustering) -> Clustering:
        return renumbered(found, lambda members: members[0])


@TWINS.fails(
    "test_clusters_are_numbered_by_falling_size_and_then_by_their_first_text",
    "test_no_cluster_is_smaller_than_asked_for",
)
class TiesTheWrongWayRound(HonestClusterer):
    """Puts that of two clusters of one size first which begins later."""

    def changed(self, found: Clustering) -> Clustering:
        return renumbered(found, lambda members: (-len(members), -members[0]))


@TWINS.fails("test_there_is_one_label_a_vector", "test_fewer_vectors_than_asked_for_make_no_cluster")
class LabelsOfMembersOnly(HonestClusterer):
    """Has no label for what belongs nowhere."""

    def changed(self, found: Clustering) -> Clustering:
        labels = tuple(label for label in found.labels if label is not None)
        return msgspec.structs.replace(found, labels=labels)


@TWINS.fails("test_no_cluster_is_smaller_than_asked_for", "test_fewer_vectors_than_asked_for_make_no_cluster")
class TooSmall(HonestClusterer):
    """Takes three for enough, however many were asked for."""

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        return await super().cluster(embeddings, min_size=min(3, min_size))


@TWINS.fails("test_exemplars_are_one_to_ten_of_the_clusters_own")
class ForeignExemplars(HonestClusterer):
    """Gives the clusters each other's exemplars."""

    def changed(self, found: Clustering) -> Clustering:
        return msgspec.structs.replace(found, exemplars=found.exemplars[::-1])


@TWINS.fails("test_exemplars_are_one_to_ten_of_the_clusters_own")
class EveryMemberAnExemplar(HonestClusterer):
    """Lets all members of a cluster stand for it."""

    def changed(self, found: Clustering) -> Clustering:
        members = tuple(
            tuple(position for position, own in enumerate(found.labels) if own == label)
            for label in range(len(found.exemplars))
        )
        return msgspec.structs.replace(found, exemplars=members)


@TWINS.fails("test_exemplars_are_one_to_ten_of_the_clusters_own")
class NoExemplars(HonestClusterer):
    """Names nothing that stands for a cluster."""

    def changed(self, found: Clustering) -> Clustering:
        return msgspec.structs.replace(found, exemplars=tuple(() for _ in found.exemplars))


@TWINS.fails("test_fewer_vectors_than_asked_for_make_no_cluster")
class FewInOne(HonestClusterer):
    """Makes one cluster of too few vectors."""

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        return await super().cluster(embeddings, min_size=max(1, min(min_size, embeddings.count)))


@TWINS.fails("test_vectors_that_are_all_alike_make_one_cluster")
class AlikeNowhere(HonestClusterer):
    """Finds no cluster where there is but one and nothing beside it."""

    def changed(self, found: Clustering) -> Clustering:
        if set(found.labels) == {0}:
            return Clustering(labels=(None,) * len(found.labels), exemplars=())
        return found


@TWINS.fails("test_the_same_vectors_give_the_same_clusters", "test_concurrent_calls_get_their_own_clusters")
class RestlessLabels(HonestClusterer):
    """Numbers clusters differently every other time."""

    calls = 0

    def changed(self, found: Clustering) -> Clustering:
        self.calls += 1
        return found if self.calls % 2 else renumbered(found, lambda members: len(members))


@TWINS.fails("test_concurrent_calls_get_their_own_clusters")
class MixedUpCalls(HonestClusterer):
    """Keeps the vectors on itself, where the next call overwrites them."""

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        self.embeddings = embeddings
        await asyncio.sleep(0)
        return await super().cluster(self.embeddings, min_size=min_size)


@TWINS.fails("test_time_grows_not_much_faster_than_the_number_of_vectors")
class Quadratic(HonestClusterer):
    """Looks at every pair of vectors."""

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        await asyncio.sleep(2e-7 * embeddings.count**2)
        return await super().cluster(embeddings, min_size=min_size)


@TWINS.fails("test_the_event_loop_gets_its_turn")
class BlockedLoop(HonestClusterer):
    """Works on the event loop."""

    def changed(self, found: Clustering) -> Clustering:
        time.sleep(0.4 if len(found.labels) > MANY else 0)
        return found


@TWINS.fails("test_cancelling_ends_it_soon")
class SwallowedCancellation(HonestClusterer):
    """Goes on though it was cancelled."""

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        try:
            return await super().cluster(embeddings, min_size=min_size)
        except asyncio.CancelledError:
            return await super().cluster(embeddings, min_size=min_size)


@TWINS.fails("test_a_clusterer_that_works_passes_its_check")
class SickCheck(HonestClusterer):
    """Calls itself unavailable though it works."""

    async def check(self) -> None:
        raise ClustererUnavailable


@TWINS.fails("test_a_clusterer_that_fails_fails_its_check")
class HealthyCheck(HonestClusterer):
    """Calls itself available though it fails."""

    async def check(self) -> None:
        return


@TWINS.fails("test_a_failure_is_told_as_unavailable")
class NothingInsteadOfAFailure(HonestClusterer):
    """Says that there is no cluster where it fails."""

    async def cluster(self, embeddings: Embeddings, *, min_size: int) -> Clustering:
        try:
            return await super().cluster(embeddings, min_size=min_size)
        except ClustererUnavailable:
            return Clustering(labels=(None,) * embeddings.count, exemplars=())


globals().update(TWINS.suites(Suite))
