"""What every embedder promises."""

from __future__ import annotations

import asyncio
import math
import operator
from collections.abc import Sequence

import pytest

from qfa_core.clusters import Embeddings
from qfa_core.contracts.contract import Contract, needs, not_given
from qfa_core.contracts.event_loop import ends_soon, least_silence_seconds
from qfa_core.contracts.leaks import everything_said_by
from qfa_core.errors import EmbedderUnavailable
from qfa_core.ports.embedder import Embedder

ROUNDING = 1e-3
MARGIN = 0.05
A_MOMENT_SECONDS = 0.02

WATER = "The water pump in our village is broken."
WATER_AGAIN = "The water pump of the village is broken again."
WATER_IN_FRENCH = "Dans notre commune, la pompe à eau est cassée."
SCHOOL = "Our children cannot pay their school fees."
SENTENCES = (WATER, SCHOOL, "Food prices rise every week.", WATER_AGAIN, "Thank you for the blankets!", "No.")
BLANK_TEXTS = ("", " ", "\n\t", "\u00a0")
ODD_TEXTS = ("\0", "no\0water", "half a \ud800 pair", "💧🤷🏽‍♀️", "a\u0301", "الماء", "\ufdfa", "?!", "x")
HUGE_TEXTS = ("water " * 20_000, "x" * 100_000)

Vector = tuple[float, ...]


class EmbedderContract(Contract):
    """
    The promises of an Embedder.

    *failing_embedder* is one that fails at whatever it is given, and at its check; who has none says
    `can_fail = False`. One that goes by words says `is_multilingual = False`, a toy that knows three words
    `knows_meaning = False`. *many_texts* is how many make work of about a second or more.
    """

    can_fail = True
    knows_meaning = True
    is_multilingual = True
    many_texts = 1_000

    grace_seconds = 1.0
    """How long an embedder may take to end once it is cancelled."""

    longest_silence_seconds = 0.25
    """For how long at a time the event loop may be held up."""

    @pytest.fixture
    def failing_embedder(self) -> Embedder:
        not_given("failing_embedder", "can_fail")

    @property
    def work(self) -> list[str]:
        """Texts that keep an embedder busy for a while."""
        return [f"{number}. {SENTENCES[number % len(SENTENCES)]}" for number in range(self.many_texts)]

    async def test_there_is_one_vector_a_text(self, embedder: Embedder) -> None:
        """Embedder.embed: one vector of unit length a text"""
        embeddings = await embedder.embed(SENTENCES)

        assert embeddings.count == len(SENTENCES)
        assert embeddings.dimensions > 0

    async def test_vectors_come_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        """Embedder.embed: in order"""
        forwards = await _vectors(embedder, SENTENCES)
        backwards = await _vectors(embedder, SENTENCES[::-1])

        assert _are_same(forwards, backwards[::-1])

    async def test_vectors_are_of_unit_length(self, embedder: Embedder) -> None:
        """Embedder.embed: one vector of unit length a text"""
        assert _are_of_unit_length(await _vectors(embedder, SENTENCES))

    async def test_no_texts_give_no_vectors(self, embedder: Embedder) -> None:
        """Embedder.embed: no texts, no vectors"""
        assert (await embedder.embed([])).count == 0

    async def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(self, embedder: Embedder) -> None:
        """Embedder.embed: A text has the same vector whatever it is embedded with, up to rounding"""
        company = await _vectors(embedder, [*SENTENCES, SENTENCES[0] * 20])

        alone = [(await _vectors(embedder, [text]))[0] for text in SENTENCES]

        assert _are_same(company[:-1], alone)

    @pytest.mark.parametrize("texts", [BLANK_TEXTS, ODD_TEXTS, HUGE_TEXTS], ids=["blank", "odd", "huge"])
    async def test_texts_may_hold_anything(self, embedder: Embedder, texts: Sequence[str]) -> None:
        """Embedder.embed: Texts may hold anything, be blank, or longer than the model reads"""
        vectors = await _vectors(embedder, [*texts, WATER])

        assert len(vectors) == len(texts) + 1
        assert _are_of_unit_length(vectors)

    @needs("knows_meaning")
    async def test_near_meanings_lie_nearer_than_far_ones(self, embedder: Embedder) -> None:
        """Embedder: places texts of near meaning near each other"""
        water, again, school = await _vectors(embedder, [WATER, WATER_AGAIN, SCHOOL])

        assert _cosine(water, again) > _cosine(water, school) + MARGIN

    @needs("is_multilingual")
    async def test_near_meanings_lie_near_in_two_languages(self, embedder: Embedder) -> None:
        """Embedder: near each other, whatever language they are in"""
        water, french, school = await _vectors(embedder, [WATER, WATER_IN_FRENCH, SCHOOL])

        assert _cosine(water, french) > _cosine(school, french) + MARGIN

    async def test_concurrent_calls_get_their_own_vectors(self, embedder: Embedder) -> None:
        """Embedder.embed: Safe to call concurrently"""
        alone = [await _vectors(embedder, [text]) for text in SENTENCES]

        together = await asyncio.gather(*(_vectors(embedder, [text]) for text in SENTENCES))

        assert all(_are_same(mine, own) for mine, own in zip(together, alone, strict=True))

    async def test_the_event_loop_gets_its_turn(self, embedder: Embedder) -> None:
        """Embedder.embed: CPU-bound work leaves the event loop"""
        await embedder.check()

        silence = await least_silence_seconds(
            lambda: embedder.embed(self.work), enough_seconds=self.longest_silence_seconds
        )

        assert silence <= self.longest_silence_seconds

    async def test_cancelling_ends_it_soon(self, embedder: Embedder) -> None:
        """Embedder.embed: Cancelling ends it soon"""
        await embedder.check()
        embedding = asyncio.ensure_future(embedder.embed(self.work))
        await asyncio.sleep(A_MOMENT_SECONDS)

        assert await ends_soon(embedding, seconds=self.grace_seconds)

    async def test_an_embedder_that_works_passes_its_check(self, embedder: Embedder) -> None:
        """Embedder.check: unless texts can be embedded now"""
        await embedder.check()

    @needs("can_fail")
    async def test_a_failure_is_unavailable_and_says_no_text(self, failing_embedder: Embedder) -> None:
        """Embedder.embed: Raises EmbedderUnavailable if it cannot be done"""
        with pytest.raises(EmbedderUnavailable) as caught:
            await failing_embedder.embed([WATER])

        assert WATER not in everything_said_by(caught.value)

    @needs("can_fail")
    async def test_an_embedder_that_fails_fails_its_check(self, failing_embedder: Embedder) -> None:
        """Embedder.check: Raise EmbedderUnavailable unless texts can be embedded now"""
        with pytest.raises(EmbedderUnavailable):
            await failing_embedder.check()


async def _vectors(embedder: Embedder, texts: Sequence[str]) -> list[Vector]:
    embeddings: Embeddings = await embedder.embed(texts)
    return list(embeddings.rows())


def _are_same(some: Sequence[Vector], others: Sequence[Vector]) -> bool:
    pairs = zip(some, others, strict=True)
    return all(one == pytest.approx(other, abs=ROUNDING) for one, other in pairs)


def _are_of_unit_length(vectors: Sequence[Vector]) -> bool:
    return all(math.hypot(*vector) == pytest.approx(1, abs=ROUNDING) for vector in vectors)


def _cosine(one: Vector, other: Vector) -> float:
    cosine: float = sum(map(operator.mul, one, other))
    return cosine
