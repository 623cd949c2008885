"""The default embedder."""

from __future__ import annotations

import math

import pytest

from benchmarks.embeddings import read_topics, separation
from qfa_adapters.embed.embedders import universal_sentence_embedder
from qfa_core.ports.embedder import Embedder

TEXTS = [*["", " ", "\0", "\ud800", "🤷🏽‍♀️", "\ufdfa" * 500, "x" * 20_000, "水" * 5000], "Water.", "ماء"]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return universal_sentence_embedder()


async def test_every_text_gets_a_vector_of_unit_length(embedder: Embedder) -> None:
    embeddings = await embedder.embed(TEXTS)

    assert (embeddings.dimensions, embeddings.count) == (512, len(TEXTS))
    assert [math.hypot(*row) for row in embeddings.rows()] == pytest.approx([1] * len(TEXTS), abs=1e-5)


async def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(embedder: Embedder) -> None:
    texts = [sentence.text for sentence in read_topics()]

    together = list((await embedder.embed(texts)).rows())
    alone = [next(iter((await embedder.embed([text])).rows())) for text in texts]

    assert all(left == pytest.approx(right, abs=1e-5) for left, right in zip(together, alone, strict=True))


async def test_topics_lie_apart_whatever_the_language(embedder: Embedder) -> None:
    sentences = read_topics()

    found = separation(sentences, await embedder.embed([sentence.text for sentence in sentences]))

    assert found.pop("Ukrainian") > 0.82  # a language that the model was not taught
    assert min(found.values()) > 0.92
    assert set(found) == {"English", "French", "Spanish", "Arabic", "Russian", "Dutch"}
