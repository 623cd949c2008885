"""How clusters are numbered, and which of their texts stand for them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qfa_adapters.cluster.numbering import MOST_EXEMPLARS, number_clusters
from qfa_core.clusters import Clustering
from tests.adapters.cluster.vectors import anywhere

some_labels = st.lists(st.integers(-1, 6), max_size=60)


def numbered(labels: list[int]) -> Clustering:
    return number_clusters(anywhere(len(labels), 3), np.array(labels, np.int64))


@settings(deadline=None)
@given(some_labels)
def test_clusters_are_numbered_from_0_by_falling_size_then_by_first_text(labels: list[int]) -> None:
    result = numbered(labels).labels
    found = sorted({label for label in result if label is not None})
    rank = [(-result.count(label), result.index(label)) for label in found]

    assert found == list(range(len(found)))
    assert rank == sorted(rank)


@settings(deadline=None)
@given(some_labels)
def test_numbering_moves_no_text_to_another_cluster(labels: list[int]) -> None:
    result = numbered(labels).labels

    assert [label is None for label in result] == [label < 0 for label in labels]
    assert len(set(zip(labels, result, strict=True))) == len(set(labels))


@settings(deadline=None)
@given(some_labels)
def test_each_cluster_has_one_to_ten_exemplars_of_its_own(labels: list[int]) -> None:
    result = numbered(labels)

    assert len(result.exemplars) == len({label for label in labels if label >= 0})
    for label, exemplars in enumerate(result.exemplars):
        assert 1 <= len(exemplars) <= MOST_EXEMPLARS
        assert len(set(exemplars)) == len(exemplars)
        assert {result.labels[position] for position in exemplars} == {label}


def test_exemplars_are_those_nearest_to_the_centre_the_nearest_first() -> None:
    along_a_line = np.array([[position, 0.0] for position in range(-12, 13)], np.float32)

    (exemplars,) = number_clusters(along_a_line, np.zeros(25, np.int64)).exemplars

    assert exemplars == (12, 11, 13, 10, 14, 9, 15, 8, 16, 7)


def test_exemplars_are_of_different_texts() -> None:
    repeated = np.repeat(anywhere(3, 8), 20, axis=0)

    (exemplars,) = number_clusters(repeated, np.zeros(60, np.int64)).exemplars

    assert sorted(position // 20 for position in exemplars) == [0, 1, 2]


def test_a_cluster_of_one_text_again_and_again_has_one_exemplar() -> None:
    alike = np.zeros((30, 0), np.float32)

    assert number_clusters(alike, np.zeros(30, np.int64)).exemplars == ((0,),)
