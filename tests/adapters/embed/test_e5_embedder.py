"""The embedder for a hundred languages; it is slow, so this asks little of it."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from benchmarks.embeddings import read_topics, separation
from qfa_adapters.embed.embedders import e5_embedder
from qfa_core.ports.embedder import Embedder

TEXTS = ["", " ", "\0", "\ud800", "🤷🏽‍♀️", "x" * 20_000, "Water.", "ماء"]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return e5_embedder()


async def test_every_text_gets_a_vector_of_unit_length(embedder: Embedder) -> None:
    embeddings = await embedder.embed(TEXTS)

    assert (embeddings.dimensions, embeddings.count) == (384, len(TEXTS))
    assert [math.hypot(*row) for row in embeddings.rows()] == pytest.approx([1] * len(TEXTS), abs=1e-5)


async def test_a_nul_does_not_hide_what_follows(embedder: Embedder) -> None:
    with_nul, with_space, cut = (await embedder.embed(["no\0water", "no water", "no"])).rows()

    assert with_nul == pytest.approx(with_space, abs=1e-5)
    assert with_nul != pytest.approx(cut, abs=1e-2)


async def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(embedder: Embedder) -> None:
    texts = [sentence.text for sentence in read_topics()][::9]

    together = list((await embedder.embed(texts)).rows())
    alone = [next(iter((await embedder.embed([text])).rows())) for text in texts]

    assert all(left == pytest.approx(right, abs=1e-5) for left, right in zip(together, alone, strict=True))


async def test_topics_lie_apart_whatever_the_language(embedder: Embedder) -> None:
    sentences = read_topics()

    found = separation(sentences, await embedder.embed([sentence.text for sentence in sentences]))

    assert found["Ukrainian"] > 0.85
    assert min(found.values()) > 0.78
    assert len(found) == 7


def test_a_character_that_stands_for_eighteen_does_not_end_the_process() -> None:
    program = (
        "import asyncio; from qfa_adapters.embed.embedders import e5_embedder as e;"
        "print(asyncio.run(e().embed(['\\ufdfa' * 2000] * 3)).count)"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert (ran.returncode, ran.stdout.strip()) == (0, "3")
