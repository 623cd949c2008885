"""Fewer dimensions, and what they keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from qfa_adapters.cluster.reduction import MOST_DIMENSIONS, reduce_vectors
from qfa_adapters.cluster.sample import SAMPLE_SIZE, sample_positions
from tests.adapters.cluster.vectors import Vectors, any_vectors, anywhere, around


class Reader:
    """Hands out a sample and then all of *vectors*, and remembers the most that it was asked for."""

    def __init__(self, vectors: Vectors) -> None:
        self._rows = np.concatenate([vectors[sample_positions(len(vectors))], vectors])
        self.most = 0

    def __call__(self, rows: int) -> Vectors:
        self.most = max(self.most, rows)
        given, self._rows = self._rows[:rows], self._rows[rows:]
        return given


def reduced(vectors: Vectors) -> Vectors:
    return reduce_vectors(Reader(vectors), len(vectors))


@settings(max_examples=100, deadline=None)
@given(any_vectors)
def test_equal_vectors_stay_equal_wherever_they_stand(vectors: Vectors) -> None:
    once, again = np.split(reduced(np.concatenate([vectors, vectors])), 2)

    assert once.tolist() == again.tolist()


@settings(max_examples=100, deadline=None)
@given(any_vectors)
def test_vectors_come_out_in_order_with_length_one_or_none(vectors: Vectors) -> None:
    result = reduced(vectors)
    lengths = np.linalg.norm(result, axis=1)

    assert len(result) == len(vectors)
    assert result.dtype == np.float32
    assert result.shape[1] <= min(MOST_DIMENSIONS, *vectors.shape)
    assert bool(np.all(np.isclose(lengths, 1, atol=1e-5) | (lengths == 0)))


@pytest.mark.parametrize("count", [1, 2, 50, 5_000])
def test_vectors_that_are_all_alike_have_no_dimensions_left(count: int) -> None:
    assert reduced(np.repeat(anywhere(1, 512), count, axis=0)).shape == (count, 0)


def test_vectors_that_differ_by_a_rounding_error_are_alike() -> None:
    rounding = 1e-7 * anywhere(200, 512, seed=1)

    assert reduced(np.repeat(anywhere(1, 512), 200, axis=0) + rounding).shape == (200, 0)


def test_what_lies_together_stays_together() -> None:
    themes = [0, 1, 2] * 30
    result = reduced(around(themes, 512))
    cosines = result @ result.T
    same = np.equal.outer(themes, themes)

    assert float(cosines[same].mean()) > 0.3 + float(cosines[~same].mean())


def test_many_vectors_are_read_a_few_at_a_time() -> None:
    reader = Reader(anywhere(3 * SAMPLE_SIZE, 8))

    assert len(reduce_vectors(reader, 3 * SAMPLE_SIZE)) == 3 * SAMPLE_SIZE
    assert reader.most == SAMPLE_SIZE
