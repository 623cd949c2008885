"""Find the themes among vectors of length 1: where they lie densely, and which of them belong there."""

from __future__ import annotations

import warnings
from math import ceil, isqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.exceptions import ConvergenceWarning

from qfa_adapters.cluster.sample import sample_positions

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

NOWHERE = -1
MOST_THEMES = 100
_SEED = 0
_ROUNDS = 50  # of k-means; what still changes after as many is of no weight
_FEWEST_DENSE = 0.2  # below this share of the sample, what is dense says little about the rest
_NEVER_A_GIANT = 60  # texts: two chunks of a map-reduce
_NEAR = 0.5  # a vector with this cosine to its centre is never called an outlier


def find_themes(vectors: Vectors, *, min_size: int) -> Labels:
    """
    Return the theme of each of *vectors*, or `NOWHERE`; each theme has at least *min_size*.

    Density says how many themes there are and where, as seen in a sample; k-means, from there, which
    vectors belong to which. So time grows in proportion to their number, for large numbers.
    There are at least *min_size* vectors; those without dimensions are all alike: one theme.
    """
    if not vectors.shape[1]:
        return np.zeros(len(vectors), np.int64)
    sample = vectors[sample_positions(len(vectors))]
    centres = _centres(sample, ceil(min_size * len(sample) / len(vectors)))
    means = _fitted(KMeans(len(centres), init=centres, n_init=1), vectors)
    return _without_small(vectors, means.labels_.astype(np.int64), min_size)


def wanted_themes(count: int) -> int:
    """Return about how many themes *count* texts make: the square root of their number, up to a hundred."""
    return min(MOST_THEMES, isqrt(count))


def centres_of(vectors: Vectors, labels: Labels) -> Vectors:
    """Return the mean direction of every theme, by its number; there must be none without vectors."""
    sums = np.zeros((labels.max() + 1, vectors.shape[1]), np.float32)
    np.add.at(sums, labels[labels >= 0], vectors[labels >= 0])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    np.divide(sums, lengths, out=sums, where=lengths > 0)
    return sums


def _centres(sample: Vectors, min_size: int) -> Vectors:
    """Return where the themes are: where vectors lie densely, or evenly spread if that says too little."""
    smallest = max(2, min_size, len(sample) // (4 * wanted_themes(len(sample))))
    labels = _dense(sample, smallest, "eom")
    if not _says_enough(labels):
        return _spread_centres(sample, min_size)
    giant = max(_NEVER_A_GIANT, len(sample) // 4)
    groups = [sample[labels == label] for label in range(labels.max() + 1)]
    return np.concatenate(
        [_parts(group, smallest) if len(group) > giant else _centre(group) for group in groups]
    )


def _parts(giant: Vectors, smallest: int) -> Vectors:
    """
    Return the centres within a group that is too large to be one theme.

    On most corpora the excess of mass, HDBSCAN's default, ends with one or two such groups; the leaves
    of its tree are where it would begin.
    """
    labels = _dense(giant, smallest, "leaf")
    return centres_of(giant, labels) if _says_enough(labels) else _spread_centres(giant, smallest)


def _dense(vectors: Vectors, smallest: int, selection: Literal["eom", "leaf"]) -> Labels:
    if len(vectors) < 2 * smallest:
        return np.full(len(vectors), NOWHERE)
    density = HDBSCAN(smallest, min_samples=1, cluster_selection_method=selection, copy=True)
    labels: Labels = density.fit_predict(vectors).astype(np.int64)
    return labels


def _says_enough(labels: Labels) -> bool:
    return bool(np.mean(labels >= 0) >= _FEWEST_DENSE)


def _centre(group: Vectors) -> Vectors:
    return centres_of(group, np.zeros(len(group), np.int64))


def _spread_centres(vectors: Vectors, min_size: int) -> Vectors:
    different = np.unique(vectors, axis=0)
    themes = max(1, min(wanted_themes(len(vectors)), len(vectors) // min_size, len(different)))
    means = _fitted(KMeans(themes, n_init=3), vectors)
    centres: Vectors = means.cluster_centers_
    return centres


def _fitted(means: KMeans, vectors: Vectors) -> KMeans:
    """Return *means* fitted; where vectors are much alike, it may end with fewer themes than asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return means.set_params(max_iter=_ROUNDS, random_state=_SEED).fit(vectors)


def _without_small(vectors: Vectors, labels: Labels, min_size: int) -> Labels:
    """
    Return *labels* without outliers, and without themes that are too small.

    The smallest goes first: its vectors join the nearest of the others, if they are near enough.
    """
    labels = np.unique(labels, return_inverse=True)[1]
    centres = centres_of(vectors, labels)
    nearness = np.einsum("ij,ij->i", vectors, centres[labels])
    limit = _outlier_limit(nearness)
    labels = np.where(nearness >= limit, labels, NOWHERE)
    left = np.ones(len(centres), bool)
    while left.any():
        sizes = np.bincount(labels[labels >= 0], minlength=len(centres))
        smallest = int(np.argmin(np.where(left, sizes, len(vectors) + 1)))
        if sizes[smallest] >= min_size:
            break
        left[smallest] = False
        homeless = np.flatnonzero(labels == smallest)
        labels[homeless] = _nearest(vectors[homeless], centres, left, limit)
    return labels


def _nearest(vectors: Vectors, centres: Vectors, left: npt.NDArray[np.bool_], limit: float) -> Labels:
    cosines = np.where(left, vectors @ centres.T, -np.inf)
    nearest = np.argmax(cosines, axis=1)
    return np.where(cosines.max(axis=1, initial=-np.inf) >= limit, nearest, NOWHERE)


def _outlier_limit(nearness: Vectors) -> float:
    """Return the cosine below which a vector is in no theme: Tukey's lower fence, but at most `_NEAR`."""
    lower, upper = np.quantile(nearness, [0.25, 0.75])
    return min(float(lower - 1.5 * (upper - lower)), _NEAR)
