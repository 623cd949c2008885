from __future__ import annotations

import pytest

from qfa_core.clusters import Embeddings


def test_embeddings_are_counted_and_read_row_by_row() -> None:
    embeddings = Embeddings.of([[1.0, 0.0, 0.5], [0.0, 1.0, -0.5]])

    assert (embeddings.count, embeddings.dimensions) == (2, 3)
    assert list(embeddings.rows()) == [(1.0, 0.0, 0.5), (0.0, 1.0, -0.5)]
    assert len(embeddings.values) == 2 * 3 * 4


def test_no_texts_have_no_embeddings() -> None:
    assert Embeddings.of([]).count == 0
    assert list(Embeddings.of([]).rows()) == []


def test_rows_of_different_lengths_are_no_embeddings() -> None:
    with pytest.raises(ValueError, match="dimensions"):
        Embeddings.of([[1.0, 0.0], [1.0]])
