"""Embedders with one bug each."""

from __future__ import annotations

import asyncio
import math
import time
import zlib
from collections.abc import Sequence
from typing import ClassVar

import pytest

from qfa_core.clusters import Embeddings
from qfa_core.contracts import EmbedderContract
from qfa_core.errors import EmbedderUnavailable
from qfa_core.fakes import WordEmbedder
from qfa_core.ports.embedder import Embedder
from tests.contracts.twins import Twins

CONTRACT = EmbedderContract
TWINS = Twins()

MANY = 100
ENGLISH = {"pompe": "pump", "eau": "water", "notre": "our", "est": "is"}

Rows = list[tuple[float, ...]]


class HonestEmbedder(Embedder):
    """Keeps every promise, for twins to break one each; it knows some words of French."""

    english: ClassVar[dict[str, str]] = ENGLISH

    def __init__(self, *, is_down: bool = False) -> None:
        self.words = WordEmbedder(is_down=is_down)

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        if len(texts) > MANY:
            await asyncio.sleep(0.05)
        found = await self.words.embed([self.translated(text) for text in texts])
        return Embeddings.of(self.changed(list(found.rows()), texts))

    async def check(self) -> None:
        await self.words.check()

    def translated(self, text: str) -> str:
        return " ".join(self.english.get(word, word) for word in text.split(" "))

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        return rows


class Suite(EmbedderContract):
    """The contract on one twin."""

    twin: ClassVar[type[HonestEmbedder]]

    @pytest.fixture
    def embedder(self) -> HonestEmbedder:
        return self.twin()

    @pytest.fixture
    def failing_embedder(self) -> HonestEmbedder:
        return self.twin(is_down=True)


def of_unit_length(row: Sequence[float]) -> tuple[float, ...]:
    length = math.hypot(*row)
    return tuple(number / length for number in row)


@TWINS.fails()
class Honest(HonestEmbedder):
    """Has no bug: what twins are built from keeps every promise."""


@TWINS.fails(
    "test_there_is_one_vector_a_text",
    "test_a_text_has_the_same_vector_whatever_it_is_embedded_with",
    "test_texts_may_hold_anything",
)
class ShortTextsLeftOut(HonestEmbedder):
    """Finds the shortest texts not worth a vector."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        return [row for row, text in zip(rows, texts, strict=True) if len(text) > 3]


@TWINS.fails(
    "test_vectors_come_in_the_order_of_the_texts",
    "test_a_text_has_the_same_vector_whatever_it_is_embedded_with",
    "test_near_meanings_lie_nearer_than_far_ones",
    "test_near_meanings_lie_near_in_two_languages",
)
class OrderByLength(HonestEmbedder):
    """Works on the shortest texts first, and returns the vectors so."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        return [rows[position] for position in sorted(range(len(texts)), key=lambda each: len(texts[each]))]


@TWINS.fails("test_vectors_are_of_unit_length", "test_texts_may_hold_anything")
class NotNormalised(HonestEmbedder):
    """Returns vectors as long as they happen to be."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        return [tuple(1.5 * number for number in row) for row in rows]


@TWINS.fails("test_no_texts_give_no_vectors")
class OneVectorAtLeast(HonestEmbedder):
    """Returns a vector for no texts."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        return rows or [(1.0, 0.0)]


@TWINS.fails("test_a_text_has_the_same_vector_whatever_it_is_embedded_with")
class BatchDependent(HonestEmbedder):
    """Draws vectors towards the middle of their batch."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        middle = [0.2 * sum(column) / len(rows) for column in zip(*rows, strict=True)]
        return [of_unit_length([sum(pair) for pair in zip(row, middle, strict=True)]) for row in rows]


@TWINS.fails("test_texts_may_hold_anything")
class NaNForBlank(HonestEmbedder):
    """Divides nothing by nothing where a text is blank."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        nothing = (math.nan,) * len(rows[0]) if rows else ()
        return [row if text.strip() else nothing for row, text in zip(rows, texts, strict=True)]


@TWINS.fails("test_texts_may_hold_anything")
class HugeTextsRefused(HonestEmbedder):
    """Fails at texts that are longer than it reads."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        if any(len(text) > 10_000 for text in texts):
            raise EmbedderUnavailable
        return await super().embed(texts)


@TWINS.fails("test_near_meanings_lie_nearer_than_far_ones", "test_near_meanings_lie_near_in_two_languages")
class Meaningless(HonestEmbedder):
    """Places texts by their letters' checksum."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        turns = [zlib.crc32(text.encode("utf-8", "replace")) % 256 for text in texts]
        return [(math.cos(turn), math.sin(turn)) for turn in turns]


@TWINS.fails("test_near_meanings_lie_near_in_two_languages")
class Monolingual(HonestEmbedder):
    """Knows no French."""

    english: ClassVar = {}


@TWINS.fails("test_concurrent_calls_get_their_own_vectors")
class MixedUpCalls(HonestEmbedder):
    """Keeps the texts on itself, where the next call overwrites them."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        self.texts = texts
        await asyncio.sleep(0)
        return await super().embed(self.texts)


@TWINS.fails("test_the_event_loop_gets_its_turn")
class BlockedLoop(HonestEmbedder):
    """Works on the event loop."""

    def changed(self, rows: Rows, texts: Sequence[str]) -> Rows:
        time.sleep(0.0005 * len(texts))
        return rows


@TWINS.fails("test_cancelling_ends_it_soon")
class SwallowedCancellation(HonestEmbedder):
    """Goes on though it was cancelled."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        try:
            return await super().embed(texts)
        except asyncio.CancelledError:
            return await super().embed(texts)


@TWINS.fails(
    "test_an_embedder_that_works_passes_its_check",
    "test_the_event_loop_gets_its_turn",
    "test_cancelling_ends_it_soon",
)
class SickCheck(HonestEmbedder):
    """Calls itself unavailable though it works."""

    async def check(self) -> None:
        raise EmbedderUnavailable


@TWINS.fails("test_an_embedder_that_fails_fails_its_check")
class HealthyCheck(HonestEmbedder):
    """Calls itself available though it fails."""

    async def check(self) -> None:
        return


@TWINS.fails("test_a_failure_is_unavailable_and_says_no_text")
class ForeignError(HonestEmbedder):
    """Lets its library's error through."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        try:
            return await super().embed(texts)
        except EmbedderUnavailable:
            raise ValueError from None


@TWINS.fails("test_a_failure_is_unavailable_and_says_no_text")
class QuotedText(HonestEmbedder):
    """Hangs its library's error on, which quotes the text."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        try:
            return await super().embed(texts)
        except EmbedderUnavailable as error:
            raise error from KeyError(texts[0])


globals().update(TWINS.suites(Suite))
