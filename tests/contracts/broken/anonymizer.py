"""Anonymisers with one bug each."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec
import pytest

from qfa_core.contracts import AnonymizerContract
from qfa_core.contracts.anonymizer import VALUES
from qfa_core.errors import AnonymizerUnavailable
from qfa_core.fakes import ScriptedAnonymizer
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.pseudonyms import PseudonymisedTexts
from tests.contracts.twins import Twins

CONTRACT = AnonymizerContract
TWINS = Twins()

_PLACEHOLDER = re.compile(r"<([A-Z_]+)_([0-9]+)>")


class HonestAnonymizer(Anonymizer):
    """Keeps every promise, for twins to break one each."""

    kinds: ClassVar[dict[str, str]] = {value: kind for kind, values in VALUES.items() for value in values}

    def __init__(self, *, is_down: bool = False) -> None:
        self.scripted = ScriptedAnonymizer(self.kinds, is_down=is_down)

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        return self.changed(await self.scripted.anonymize(texts))

    async def check(self) -> None:
        await self.scripted.check()

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        return found


class Suite(AnonymizerContract):
    """The contract on one twin."""

    twin: ClassVar[type[HonestAnonymizer]]

    @pytest.fixture
    def anonymizer(self) -> HonestAnonymizer:
        return self.twin()

    @pytest.fixture
    def failing_anonymizer(self) -> HonestAnonymizer:
        return self.twin(is_down=True)


def renamed(found: PseudonymisedTexts, name: Callable[[str], str]) -> PseudonymisedTexts:
    """Give each mention the placeholder that *name* makes of its own."""
    originals: dict[str, str] = {}

    def rename(match: re.Match[str]) -> str:
        if match[0] not in found.originals:
            return match[0]
        new = name(match[0])
        originals[new] = found.originals[match[0]]
        return new

    texts = tuple(_PLACEHOLDER.sub(rename, text) for text in found.texts)
    return PseudonymisedTexts(texts=texts, originals=originals)


def kind_of(placeholder: str) -> str:
    return placeholder.strip("<>").rpartition("_")[0]


@TWINS.fails()
class Honest(HonestAnonymizer):
    """Has no bug: what twins are built from keeps every promise."""


@TWINS.fails("test_what_identifies_is_replaced_by_placeholders")
class OverlookedNames(HonestAnonymizer):
    """Does not find names."""

    kinds: ClassVar = {value: kind for value, kind in HonestAnonymizer.kinds.items() if kind != "PERSON"}


@TWINS.fails(
    "test_texts_keep_their_order_and_their_number",
    "test_originals_give_the_texts_back",
    "test_a_placeholder_that_stood_in_a_text_is_not_used",
    "test_dates_stay",
)
class LostOrder(HonestAnonymizer):
    """Returns the last text first."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        return msgspec.structs.replace(found, texts=found.texts[::-1])


@TWINS.fails("test_no_texts_give_no_texts")
class OneTextAtLeast(HonestAnonymizer):
    """Returns an empty text for none."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        return msgspec.structs.replace(found, texts=found.texts or ("",))


@TWINS.fails("test_an_empty_text_stays_empty", "test_originals_give_the_texts_back")
class DroppedEmptyText(HonestAnonymizer):
    """Leaves empty texts out."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        return msgspec.structs.replace(found, texts=tuple(filter(None, found.texts)))


@TWINS.fails("test_an_empty_text_stays_empty", "test_originals_give_the_texts_back")
class FilledEmptyText(HonestAnonymizer):
    """Puts a dash where nothing was."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        return msgspec.structs.replace(found, texts=tuple(text or "-" for text in found.texts))


@TWINS.fails("test_originals_give_the_texts_back")
class TidiedTexts(HonestAnonymizer):
    """Drops what it cannot read from the texts."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        texts = tuple(text.replace("\0", "").encode("utf-8", "ignore").decode() for text in found.texts)
        return msgspec.structs.replace(found, texts=texts)


@TWINS.fails("test_originals_hold_the_placeholders_of_the_texts_and_no_others")
class StrangeOriginals(HonestAnonymizer):
    """Hands out originals that stand in no text."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        return msgspec.structs.replace(found, originals={**found.originals, "<PERSON_99>": "Nobody"})


@TWINS.fails("test_a_value_has_one_placeholder_over_all_texts")
class PlaceholderPerMention(HonestAnonymizer):
    """Gives each mention of a value a placeholder of its own."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        numbers = itertools.count(10)
        return renamed(found, lambda placeholder: f"<{kind_of(placeholder)}_{next(numbers)}>")


@TWINS.fails(
    "test_two_values_never_share_a_placeholder",
    "test_originals_give_the_texts_back",
    "test_a_placeholder_that_stood_in_a_text_is_not_used",
)
class SharedPlaceholder(HonestAnonymizer):
    """Has one placeholder for all values of a kind."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        return renamed(found, lambda placeholder: f"<{kind_of(placeholder)}_9>")


@TWINS.fails("test_a_placeholder_that_stood_in_a_text_is_not_used")
class NumberTakenFromAText(HonestAnonymizer):
    """Counts from one, whatever was typed in the texts."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        own: dict[str, str] = {}

        def counted(placeholder: str) -> str:
            number = 1 + sum(kind_of(other) == kind_of(placeholder) for other in own)
            return own.setdefault(placeholder, f"<{kind_of(placeholder)}_{number}>")

        return renamed(found, counted)


@TWINS.fails("test_dates_stay")
class HiddenDates(HonestAnonymizer):
    """Takes dates for something that identifies."""

    kinds: ClassVar = {**HonestAnonymizer.kinds, "2024-06-01": "DATE_TIME"}


@TWINS.fails("test_nothing_is_remembered_between_calls", "test_concurrent_calls_get_their_own_texts")
class RememberedMapping(HonestAnonymizer):
    """Keeps the originals of all calls."""

    def __init__(self, *, is_down: bool = False) -> None:
        super().__init__(is_down=is_down)
        self.originals: dict[str, str] = {}

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        values = {value: placeholder for placeholder, value in self.originals.items()}
        numbers = itertools.count(20 + len(values))

        def known(placeholder: str) -> str:
            value = found.originals[placeholder]
            return values.setdefault(value, f"<{kind_of(placeholder)}_{next(numbers)}>")

        texts = renamed(found, known).texts
        before, self.originals = self.originals, {name: value for value, name in values.items()}
        return PseudonymisedTexts(texts=texts, originals={**before, **self.originals})


@TWINS.fails("test_concurrent_calls_get_their_own_texts")
class MixedUpCalls(HonestAnonymizer):
    """Keeps the texts on itself, where the next call overwrites them."""

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        self.texts = texts
        await asyncio.sleep(0)
        return await super().anonymize(self.texts)


@TWINS.fails("test_the_event_loop_gets_its_turn")
class BlockedLoop(HonestAnonymizer):
    """Works on the event loop."""

    def changed(self, found: PseudonymisedTexts) -> PseudonymisedTexts:
        time.sleep(0.0003 * len(found.texts))
        return found


@TWINS.fails("test_an_anonymizer_that_works_passes_its_check", "test_the_event_loop_gets_its_turn")
class SickCheck(HonestAnonymizer):
    """Calls itself unavailable though it works."""

    async def check(self) -> None:
        raise AnonymizerUnavailable


@TWINS.fails("test_an_anonymizer_that_fails_fails_its_check")
class HealthyCheck(HonestAnonymizer):
    """Calls itself available though it fails."""

    async def check(self) -> None:
        return


@TWINS.fails("test_a_failure_returns_no_text_and_says_none")
class TextsAsTheyCame(HonestAnonymizer):
    """Returns the texts as they came where it fails."""

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        try:
            return await super().anonymize(texts)
        except AnonymizerUnavailable:
            return PseudonymisedTexts(texts=tuple(texts), originals={})


@TWINS.fails("test_a_failure_returns_no_text_and_says_none")
class QuotedText(HonestAnonymizer):
    """Quotes the text that it failed at."""

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        try:
            return await super().anonymize(texts)
        except AnonymizerUnavailable:
            raise AnonymizerUnavailable(f"Failed at {texts[0]}") from None


@TWINS.fails("test_a_failure_returns_no_text_and_says_none")
class ChainedText(HonestAnonymizer):
    """Hangs its library's error on, which quotes the text."""

    async def anonymize(self, texts: Sequence[str]) -> PseudonymisedTexts:
        try:
            return await super().anonymize(texts)
        except AnonymizerUnavailable as error:
            raise error from KeyError(texts[0])


globals().update(TWINS.suites(Suite))
