"""From labels to clusters as the core wants them: numbered by size, with exemplars."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qfa_core.clusters import Clustering

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

MOST_EXEMPLARS = 10
_SAME = 1e-4  # the square of the distance below which two vectors stand for the same text


def number_clusters(vectors: Vectors, labels: Labels) -> Clustering:
    """
    Return the clusters of *labels*, in which whatever is negative stands for none.

    The largest comes first, of two of one size the one whose first text does.
    """
    members = [np.flatnonzero(labels == label) for label in np.unique(labels[labels >= 0])]
    members.sort(key=lambda positions: (-len(positions), positions[0]))
    numbers: list[int | None] = [None] * len(labels)
    for number, positions in enumerate(members):
        for position in positions.tolist():
            numbers[position] = number
    return Clustering(
        labels=tuple(numbers),
        exemplars=tuple(_exemplars(vectors, positions) for positions in members),
    )


def _exemplars(vectors: Vectors, members: Labels) -> tuple[int, ...]:
    """Return those of *members* nearest to their centre, the nearest first, no two of the same text."""
    own = vectors[members]
    order = np.argsort(_squared_distances(own, own.mean(axis=0)), kind="stable")
    own, members = own[order], members[order]
    chosen: list[int] = []
    different = np.ones(len(members), bool)
    while len(chosen) < MOST_EXEMPLARS and different.any():
        nearest = int(np.argmax(different))
        chosen.append(int(members[nearest]))
        different[nearest] = False
        different &= _squared_distances(own, own[nearest]) > _SAME
    return tuple(chosen)


def _squared_distances(vectors: Vectors, vector: Vectors) -> Vectors:
    distances: Vectors = np.square(vectors - vector).sum(axis=1)
    return distances
