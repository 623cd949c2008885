"""Which themes are found among vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score

from qfa_adapters.cluster.sample import SAMPLE_SIZE
from qfa_adapters.cluster.themes import MOST_THEMES, NOWHERE, find_themes
from tests.adapters.cluster.test_reduction import reduced
from tests.adapters.cluster.vectors import Vectors, any_vectors, anywhere, around, unit


def sizes_of(labels: np.ndarray) -> list[int]:
    return np.unique(labels[labels != NOWHERE], return_counts=True)[1].tolist()


@settings(max_examples=150, deadline=None)
@given(any_vectors, st.integers(1, 30))
def test_every_theme_is_large_enough(vectors: Vectors, min_size: int) -> None:
    min_size = min(min_size, len(vectors))
    labels = find_themes(reduced(vectors), min_size=min_size)

    assert labels.shape == (len(vectors),)
    assert labels.min() >= NOWHERE
    assert all(size >= min_size for size in sizes_of(labels))


@settings(max_examples=40, deadline=None)
@given(any_vectors)
def test_the_same_vectors_give_the_same_themes(vectors: Vectors) -> None:
    once, again = (find_themes(reduced(vectors), min_size=1) for _ in range(2))

    assert once.tolist() == again.tolist()


@settings(max_examples=40, deadline=None)
@given(any_vectors, st.integers(2, 5))
def test_equal_vectors_are_in_the_same_theme(vectors: Vectors, times: int) -> None:
    labels = find_themes(reduced(np.tile(vectors, (times, 1))), min_size=times)

    assert all(len(set(own)) == 1 for own in labels.reshape(times, -1).T.tolist())


def test_vectors_that_hardly_differ_may_be_of_one_theme() -> None:
    hardly = unit(np.array([[1, 0], [1, 1e-4], [0, 1], [-1, 0], [0, -1]], np.float32))

    labels = find_themes(np.tile(hardly, (5, 1)), min_size=5)

    assert len(sizes_of(labels)) in {4, 5}


@pytest.mark.parametrize("themes", [2, 8, 25])
def test_clear_themes_are_found_whatever_their_number(themes: int) -> None:
    truth = [index % themes for index in range(themes * 60)]
    labels = find_themes(reduced(around(truth, 384)), min_size=5)

    assert adjusted_mutual_info_score(truth, labels) > 0.9
    assert len(sizes_of(labels)) <= 1.5 * themes


def test_what_belongs_to_no_theme_is_in_none() -> None:
    truth = [index % 10 for index in range(500)]
    labels = find_themes(reduced(np.concatenate([around(truth, 384), anywhere(50, 384, seed=9)])), min_size=5)

    assert np.mean(labels[:500] == NOWHERE) < 0.02
    assert np.mean(labels[500:] == NOWHERE) > 0.8


@pytest.mark.parametrize("count", [200, 2_000])
def test_what_has_no_order_is_split_into_themes_of_moderate_size(count: int) -> None:
    sizes = sizes_of(find_themes(reduced(anywhere(count, 384)), min_size=5))

    assert 5 <= len(sizes) <= MOST_THEMES
    assert max(sizes) < count / 4


def test_a_corpus_of_one_phrase_and_few_others_keeps_the_others() -> None:
    truth = [0] * 300 + [1] * 20 + [2] * 20
    labels = find_themes(reduced(around(truth, 384, spread=0.2)), min_size=5)

    assert adjusted_mutual_info_score(truth[300:], labels[300:]) > 0.9


def test_a_large_corpus_whose_themes_take_turns_has_tens_of_them() -> None:
    count = 2 * SAMPLE_SIZE
    truth = [index % 30 for index in range(count)]
    labels = find_themes(reduced(around(truth, 64)), min_size=5)

    assert adjusted_mutual_info_score(truth, labels) > 0.9
    assert len(sizes_of(labels)) <= MOST_THEMES
