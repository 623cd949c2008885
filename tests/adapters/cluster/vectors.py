"""Vectors to cluster: around a few directions, all over the place, or the same again and again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

Vectors = npt.NDArray[np.float32]


def anywhere(count: int, dimensions: int, *, seed: int = 0) -> Vectors:
    """Return unit vectors of no order."""
    return unit(np.random.default_rng(seed).standard_normal((count, dimensions), np.float32))


def around(themes: list[int], dimensions: int, *, spread: float = 0.5, seed: int = 0) -> Vectors:
    """Return a unit vector for each of *themes*, *spread* away from the direction of that theme."""
    directions = anywhere(max(themes) + 1, dimensions, seed=seed)
    return unit(directions[themes] + spread * anywhere(len(themes), dimensions, seed=seed + 1))


def unit(vectors: Vectors) -> Vectors:
    lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def _repeated(count: int, dimensions: int, seed: int) -> Vectors:
    """Return vectors among which each occurs several times."""
    chosen = np.random.default_rng(seed).integers(0, 1 + count // 4, count)
    return anywhere(1 + count // 4, dimensions, seed=seed)[chosen]


def _grouped(count: int, dimensions: int, seed: int) -> Vectors:
    themes = np.random.default_rng(seed).integers(0, 1 + count // 20, count)
    return around(themes.tolist(), dimensions, seed=seed)


def _alike(count: int, dimensions: int, seed: int) -> Vectors:
    return np.repeat(anywhere(1, dimensions, seed=seed), count, axis=0)


any_vectors: st.SearchStrategy[Vectors] = st.builds(
    lambda make, count, dimensions, seed: make(count, dimensions, seed),
    st.sampled_from([lambda n, d, seed: anywhere(n, d, seed=seed), _repeated, _grouped, _alike]),
    st.integers(1, 150),
    st.integers(1, 100),
    st.integers(0, 1_000),
)
