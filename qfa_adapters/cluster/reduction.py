"""Fewer dimensions, in which distances mean more: principal components, evened out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA

from qfa_adapters.cluster.sample import sample_positions

Vectors = npt.NDArray[np.float32]
Axes = npt.NDArray[np.float64]

MOST_DIMENSIONS = 64
_ROWS_AT_A_TIME = 4_096
_NOISE = 1e-9  # of the mean square length: what float32 makes of vectors that are alike


def reduce_vectors(read: Callable[[int], Vectors], count: int) -> Vectors:
    """
    Return *count* vectors in few dimensions; in none at all, if they are all alike.

    *read* returns the next so many of the vectors of the sample, followed by all vectors in order: not more
    than a few thousand are ever held in all their dimensions.
    """
    reduction = Reduction(read(len(sample_positions(count))))
    return np.concatenate([reduction.apply(read(rows)) for rows in _batches(count)])


class Reduction:
    """
    What turns vectors into those that are compared; it learns from a sample of them.

    The strongest components of a corpus are its phrasing (who calls from where) rather than its themes, so
    each component is divided by the fourth root of its variance: half of a whitening. Then every vector is
    brought to length 1, but for those in the very centre, which have no direction.

    It reckons in double precision, so that equal vectors stay equal to the last bit of float32: the last
    bits of a product of matrices depend on where in the matrix a row stands.
    """

    def __init__(self, sample: Vectors) -> None:
        self._centre = _mean(sample)
        self._axes = _principal_axes(sample)

    def apply(self, vectors: Vectors) -> Vectors:
        reduced: Vectors = np.matmul(vectors - self._centre, self._axes).astype(np.float32)
        lengths = np.linalg.norm(reduced, axis=1, keepdims=True)
        np.divide(reduced, lengths, out=reduced, where=lengths > 0)
        return reduced


def _principal_axes(sample: Vectors) -> Axes:
    """Return a column for every component in which the vectors differ, as long as is fit to even it out."""
    floor = _NOISE * float(np.square(sample).sum(axis=1).mean())
    if float(np.square(sample - _mean(sample)).sum(axis=1).mean()) <= floor:
        return np.empty((sample.shape[1], 0))
    pca = PCA(min(MOST_DIMENSIONS, *sample.shape), svd_solver="covariance_eigh").fit(
        sample.astype(np.float64)
    )
    kept = pca.explained_variance_ > floor
    axes: Axes = pca.components_[kept].T / pca.explained_variance_[kept] ** 0.25
    return axes


def _mean(vectors: Vectors) -> Vectors:
    """Return the mean, added up in double precision: sums of thousands of float32 drift."""
    mean: Vectors = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def _batches(count: int) -> Iterator[int]:
    for start in range(0, count, _ROWS_AT_A_TIME):
        yield min(_ROWS_AT_A_TIME, count - start)
