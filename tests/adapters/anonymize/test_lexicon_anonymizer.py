"""The anonymiser as the core sees it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.errors import AnonymizerUnavailable
from qfa_core.pseudonyms import EntitySpan, restore

CANARY = "Canary Xqwzt"
ADVERSARIAL = [
    *("a", "1", "a@", "<", "A ", "Maria ", "Kebbeh The ", "1 ", "a.", "1.", ":", "NL91 ", "01/", "www."),
    *("f:", "+", "-", "a-", "a'", "Mr ", "Mr. ", "name is ", "San ", "de ", "tel 1234567 ", "2024-01-01 "),
    *(
        "a.b/",
        "٠",
        "a\u0301",
        "a (at) ",
        "_",
        "<PERSON_1>",
        "\n",
        "4111 ",
        "محمد ",
        "عبد ",
        "ـ ",
        "بن ",
        "told abcd ",
        "Аб ",
    ),
]


@pytest.fixture
def anonymizer(recognisers: Sequence[Recogniser]) -> LexiconAnonymizer:
    return LexiconAnonymizer(lambda: recognisers)


class FailingRecogniser(Recogniser):
    def find(self, text: str) -> list[EntitySpan]:
        raise KeyError(text)


class WaitingRecogniser(Recogniser):
    """Finds nothing, and not before it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def find(self, text: str) -> list[EntitySpan]:
        self.go.wait(10)
        return []


async def test_every_kind_is_replaced(anonymizer: LexiconAnonymizer) -> None:
    result = await anonymizer.anonymize(
        [
            "Maria Gonzalez from Freetown, maria@ifrc.org, +31 6 12345678, NL91 ABNA 0417 1643 00, "
            "4111 1111 1111 1111, 192.168.1.10, https://ifrc.org/x on 2024-06-01"
        ]
    )

    assert result.texts == (
        "<PERSON_1> from <LOCATION_1>, <EMAIL_ADDRESS_1>, <PHONE_NUMBER_1>, <IBAN_CODE_1>, "
        "<CREDIT_CARD_1>, <IP_ADDRESS_1>, <URL_1> on 2024-06-01",
    )


async def test_texts_come_back_in_order_and_number_with_shared_placeholders(
    anonymizer: LexiconAnonymizer,
) -> None:
    texts = ["", "Maria came.", *["x " * 30_000] * 3, "I saw Maria."]

    result = await anonymizer.anonymize(texts)

    assert result.texts == ("", "<PERSON_1> came.", *texts[2:5], "I saw <PERSON_1>.")
    assert restore(list(result.texts), result.originals) == texts


async def test_no_texts_give_no_texts(anonymizer: LexiconAnonymizer) -> None:
    assert (await anonymizer.anonymize([])).texts == ()


async def test_a_typed_placeholder_is_neither_restored_nor_reused(anonymizer: LexiconAnonymizer) -> None:
    result = await anonymizer.anonymize(["<PERSON_1> hit Maria."])

    assert result.texts == ("<PERSON_1> hit <PERSON_2>.",)
    assert restore(result.texts[0], result.originals) == "<PERSON_1> hit Maria."


async def test_any_failure_closes_without_a_word_of_the_text(caplog: pytest.LogCaptureFixture) -> None:
    anonymizer = LexiconAnonymizer(lambda: [FailingRecogniser()])

    with caplog.at_level(logging.DEBUG), pytest.raises(AnonymizerUnavailable) as caught:
        await anonymizer.anonymize([CANARY])

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "KeyError" in caplog.text
    assert CANARY not in caplog.text + str(caught.value)


async def test_a_lexicon_that_cannot_be_read_shows_in_the_check() -> None:
    def load() -> Sequence[Recogniser]:
        raise OSError

    with pytest.raises(AnonymizerUnavailable):
        await LexiconAnonymizer(load).check()


async def test_a_failed_load_is_tried_again(recognisers: Sequence[Recogniser]) -> None:
    answers: list[Sequence[Recogniser]] = [recognisers]

    def load() -> Sequence[Recogniser]:
        if len(answers) == 1:
            answers.append(())
            raise OSError
        return answers[0]

    anonymizer = LexiconAnonymizer(load)
    with pytest.raises(AnonymizerUnavailable):
        await anonymizer.check()

    assert (await anonymizer.anonymize(["Maria"])).texts == ("<PERSON_1>",)


async def test_the_event_loop_runs_on_while_texts_are_read() -> None:
    waiting = WaitingRecogniser()
    task = asyncio.create_task(LexiconAnonymizer(lambda: [waiting]).anonymize(["Maria"]))
    await asyncio.sleep(0)

    assert not task.done()
    waiting.go.set()
    assert (await task).texts == ("Maria",)


_PIECES = st.sampled_from(
    [
        *"ـً\u0301'-.:,  aبЖ1_",
        "Maria ",
        "de ",
        "Mr ",
        "name: ",
        "عبد ",
        "أبو ",
        "بن ",
        "ال",
        "Иван",
        "ПИН-",
        "Red Cross ",
        "in ",
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_whatever_is_written_is_read(recognisers: Sequence[Recogniser], text: str) -> None:
    for recogniser in recognisers:
        assert all(0 <= span.start < span.end <= len(text) for span in recogniser.find(text))


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_no_text_takes_more_than_linear_time(recognisers: Sequence[Recogniser], piece: str) -> None:
    def growth() -> float:
        return seconds(recognisers, piece, 80_000) / seconds(recognisers, piece, 20_000)

    assert any(growth() < 8 for _ in range(3))  # four is linear, sixteen is quadratic


def seconds(recognisers: Sequence[Recogniser], piece: str, characters: int) -> float:
    """Return what *characters* of *piece* over and over take of this thread's processor time."""
    text = (piece * characters)[:characters]
    started = time.thread_time()
    for recogniser in recognisers:
        recogniser.find(text)
    return time.thread_time() - started
