"""What every anonymiser promises."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from qfa_core.contracts.contract import Contract, needs, not_given
from qfa_core.contracts.event_loop import least_silence_seconds
from qfa_core.contracts.leaks import everything_said_by
from qfa_core.errors import AnonymizerUnavailable
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.pseudonyms import PseudonymisedTexts, placeholders_in, restore

# Two values of each kind, that an anonymiser is asked to find.
VALUES: Mapping[str, tuple[str, str]] = {
    "PERSON": ("Maria Gonzalez", "Ahmed Hassan"),
    "EMAIL_ADDRESS": ("maria.gonzalez@example.org", "a.hassan@example.com"),
    "PHONE_NUMBER": ("+31 6 12345678", "+44 20 7946 0958"),
}
DATES = ("2024-06-01", "12/05/2023")
ODD_TEXTS = ("", " ", "\n", "💧🤷🏽‍♀️", "no\0water", "half a \ud800 pair", "<PERSON", "a\u0301 الماء")


class AnonymizerContract(Contract):
    """
    The promises of an Anonymizer.

    *anonymizer* is one that finds the `values` of each kind, two of each, in plain English sentences: a class
    may name others, or fewer kinds, of which one is enough. *failing_anonymizer* is one that fails at
    whatever it is given, and at its check; who has none says `can_fail = False`.
    """

    can_fail = True

    values: Mapping[str, tuple[str, str]] = VALUES

    many_texts = 2_000
    """How many texts make work that must not hold up the event loop."""

    longest_silence_seconds = 0.25
    """For how long at a time the event loop may be held up."""

    @pytest.fixture
    def failing_anonymizer(self) -> Anonymizer:
        not_given("failing_anonymizer", "can_fail")

    @property
    def sentences(self) -> list[str]:
        """One sentence a value."""
        return [_sentence(value) for values in self.values.values() for value in values]

    async def test_what_identifies_is_replaced_by_placeholders(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: Pseudonymise *texts* as one corpus"""
        found = await anonymizer.anonymize(self.sentences)

        for values in self.values.values():
            assert [value for value in values if value in " ".join(found.texts)] == []
        assert all(placeholders_in([text]) for text in found.texts)

    async def test_texts_keep_their_order_and_their_number(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: same order, same number"""
        texts = [f"Well {letter}, {sentence}" for letter in "DACB" for sentence in ["", *self.sentences]]

        found = await anonymizer.anonymize(texts)

        assert [text[:7] for text in found.texts] == [text[:7] for text in texts]

    async def test_no_texts_give_no_texts(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: same number"""
        assert (await anonymizer.anonymize([])).texts == ()

    async def test_an_empty_text_stays_empty(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: same number, "" stays"""
        found = await anonymizer.anonymize(["", self.sentences[0], ""])

        assert (found.texts[0], found.texts[-1]) == ("", "")

    async def test_originals_give_the_texts_back(self, anonymizer: Anonymizer) -> None:
        """PseudonymisedTexts: what their placeholders stand for"""
        texts = [*self.sentences, " ".join(self.sentences), *ODD_TEXTS]

        found = await anonymizer.anonymize(texts)

        assert _restored(found) == texts

    async def test_originals_hold_the_placeholders_of_the_texts_and_no_others(
        self, anonymizer: Anonymizer
    ) -> None:
        """PseudonymisedTexts: what their placeholders stand for"""
        found = await anonymizer.anonymize(self.sentences)

        assert placeholders_in(found.texts) == set(found.originals)

    async def test_a_value_has_one_placeholder_over_all_texts(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: A value has one placeholder over all texts"""
        for values in self.values.values():
            texts = [_sentence(value) for value in (*values, *values)]

            found = await anonymizer.anonymize(texts)

            assert found.texts[:2] == found.texts[2:]

    async def test_two_values_never_share_a_placeholder(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: no two values share one"""
        for values in self.values.values():
            one, other = (await anonymizer.anonymize([_sentence(value) for value in values])).texts

            assert placeholders_in([one]).isdisjoint(placeholders_in([other]))

    async def test_a_placeholder_that_stood_in_a_text_is_not_used(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: no placeholder is one that already stood in a text"""
        typed = [f"<{kind}_{number}>" for kind in self.values for number in (1, 2)]
        texts = [*self.sentences, f"Somebody typed {' and '.join(typed)}."]

        found = await anonymizer.anonymize(texts)

        assert set(found.originals).isdisjoint(typed)
        assert _restored(found) == texts

    async def test_dates_stay(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: Dates stay"""
        texts = [f"The well was repaired on {date} by the committee." for date in DATES]

        assert (await anonymizer.anonymize(texts)).texts == tuple(texts)

    async def test_nothing_is_remembered_between_calls(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: Nothing is remembered between calls"""
        first, *others = self.sentences
        before = await anonymizer.anonymize([first])

        await anonymizer.anonymize(others)

        assert await anonymizer.anonymize([first]) == before

    async def test_concurrent_calls_get_their_own_texts(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: Nothing is remembered between calls"""
        alone = [await anonymizer.anonymize([text]) for text in self.sentences]

        together = await asyncio.gather(*(anonymizer.anonymize([text]) for text in self.sentences))

        assert together == alone

    async def test_the_event_loop_gets_its_turn(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: CPU-bound work leaves the event loop"""
        await anonymizer.check()
        texts = (self.sentences * self.many_texts)[: self.many_texts]

        silence = await least_silence_seconds(
            lambda: anonymizer.anonymize(texts), enough_seconds=self.longest_silence_seconds
        )

        assert silence <= self.longest_silence_seconds

    async def test_an_anonymizer_that_works_passes_its_check(self, anonymizer: Anonymizer) -> None:
        """Anonymizer.check: unless texts can be pseudonymised now"""
        await anonymizer.check()

    @needs("can_fail")
    async def test_a_failure_returns_no_text_and_says_none(self, failing_anonymizer: Anonymizer) -> None:
        """Anonymizer.anonymize: Raises AnonymizerUnavailable if it cannot be done; a text is never"""
        with pytest.raises(AnonymizerUnavailable) as caught:
            await failing_anonymizer.anonymize(self.sentences)

        said = everything_said_by(caught.value)
        assert [value for values in self.values.values() for value in values if value in said] == []

    @needs("can_fail")
    async def test_an_anonymizer_that_fails_fails_its_check(self, failing_anonymizer: Anonymizer) -> None:
        """Anonymizer.check: Raise AnonymizerUnavailable unless texts can be pseudonymised now"""
        with pytest.raises(AnonymizerUnavailable):
            await failing_anonymizer.check()


def _sentence(value: str) -> str:
    return f"Please ask {value} about the well."


def _restored(found: PseudonymisedTexts) -> Sequence[str]:
    return [restore(text, found.originals) for text in found.texts]
