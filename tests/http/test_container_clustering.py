"""What `/v1/ready` asks of the embedder: nothing that nobody has wanted yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from qfa_adapters.embed.local_embedder import LocalEmbedder
from qfa_adapters.embed.sentence_model import SentenceModel
from qfa_core.errors import EmbedderUnavailable
from qfa_core.fakes import GreedyClusterer
from qfa_http.container.clustering import readiness_check, warmed


class Model(SentenceModel):
    dimensions = 1
    characters_read = 10
    characters_at_a_time = 100

    def encode(self, texts: Sequence[str]) -> bytes:
        return b"\0\0\x80\x3f" * len(texts)


def broken() -> SentenceModel:
    raise MemoryError


async def test_a_model_that_nobody_has_wanted_is_not_loaded_to_tell() -> None:
    embedder = LocalEmbedder(broken)
    check = readiness_check(embedder, GreedyClusterer())
    assert check is not None

    await check()

    assert not embedder.has_tried_to_load


async def test_a_model_that_failed_is_told_and_one_that_works_as_well() -> None:
    failed, works = LocalEmbedder(broken), LocalEmbedder(Model)
    await works.check()
    with pytest.raises(EmbedderUnavailable):
        await failed.check()
    check, working = (readiness_check(one, GreedyClusterer()) for one in (failed, works))
    assert check is not None
    assert working is not None

    await working()
    with pytest.raises(EmbedderUnavailable):
        await check()


async def test_a_model_is_warmed_beside_what_else_is_done() -> None:
    asked = asyncio.Event()

    async def check() -> None:
        asked.set()
        raise EmbedderUnavailable

    async with warmed(check):
        await asyncio.wait_for(asked.wait(), 10)


async def test_warming_ends_with_the_service() -> None:
    async with warmed(asyncio.Event().wait):
        before = asyncio.all_tasks()

    assert asyncio.all_tasks() <= before


def test_without_an_embedder_there_is_nothing_to_check() -> None:
    assert readiness_check(None, None) is None
