"""Who is who over all texts of a request."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from qfa_adapters.anonymize.identities import link_identities
from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_core.pseudonyms import EntitySpan, PseudonymisedTexts, pseudonymise, restore


def linked(*names: str) -> PseudonymisedTexts:
    """Return the texts of which each is one name, pseudonymised together."""
    spans = [[EntitySpan(start=0, end=len(name), kind="PERSON")] for name in names]
    return pseudonymise(names, spans, identity=link_identities(names, spans))


def are_one(*names: str) -> bool:
    return len(set(linked(*names).texts)) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("Maria Gonzalez", "MARIA GONZALEZ", "maria gonzalez", "Maria", "Gonzalez"),
        ("José Pérez", "Jose Perez", "José"),
        ("Anna de Vries", "De Vries", "Anna"),
        ("Maria Elena Gonzalez", "Maria", "Gonzalez"),
        ("Anna van der Meer", "Van der Meer", "Meer"),
        ("Мария Петренко", "Марию Петренко", "Марии", "Петренко"),
        ("Сергей Иваненко", "Сергею Иваненко", "Сергея", "Иваненком"),
        ("Олена Коваль", "Олену Коваль", "Оленою"),
        ("أحمد الحسن", "أحمد"),
        ("Mohammed al-Hassan", "Mohammed", "Hassan"),
    ],
)
def test_spellings_of_one_person_have_one_placeholder(names: Sequence[str]) -> None:
    assert are_one(*names)
    assert are_one(*reversed(names))


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (("Maria Gonzalez", "Maria Lopez", "Maria"), 3),
        (("Maria Gonzalez", "Juan Gonzalez", "Gonzalez"), 3),
        (("Maria Elena Gonzalez", "Maria Luisa Gonzalez", "Maria Gonzalez", "Maria"), 4),
        (("Maria Elena Gonzalez", "Maria Gonzalez"), 2),
        (("Mohamed Ali", "Mohamed Hassan Ali"), 2),
        (("Ana Cruz", "Ana de la Cruz", "Cruz"), 3),
        (("Maria", "Mariam"), 2),
        (("Александр Мороз", "Александра"), 2),
        (("Иван Петров", "Петрова"), 2),
        (("Мария Коваль", "Марина Коваль", "Марию"), 2),
        (("Maria Gonzalez", "Gonzalez Ruiz", "Gonzalez"), 3),
    ],
)
def test_two_persons_never_share_a_placeholder(names: Sequence[str], count: int) -> None:
    assert len(set(linked(*names).texts)) == count


def test_the_fullest_spelling_is_what_comes_back() -> None:
    result = linked("MARIA", "MARIA GONZALEZ", "Maria Gonzalez", "maria")

    assert restore("<PERSON_1>", result.originals) == "Maria Gonzalez"


async def test_a_request_links_its_mentions_and_keeps_what_was_typed(
    recognisers: Sequence[Recogniser],
) -> None:
    result = await LexiconAnonymizer(lambda: recognisers).anonymize(
        ["Maria Gonzalez came.", "<PERSON_1> wrote this.", "I told Mrs Gonzalez that MARIA GONZALEZ is late."]
    )

    assert result.texts == (
        "<PERSON_2> came.",
        "<PERSON_1> wrote this.",
        "I told Mrs <PERSON_2> that <PERSON_2> is late.",
    )
    assert restore("<PERSON_1> and <PERSON_2>", result.originals) == "<PERSON_1> and Maria Gonzalez"


async def test_mr_and_mrs_are_not_both_maria(recognisers: Sequence[Recogniser]) -> None:
    result = await LexiconAnonymizer(lambda: recognisers).anonymize(
        [
            "Maria Gonzalez came.",
            "We told Mr Gonzalez that it is late.",
            "We told Mrs Gonzalez that it is late.",
        ]
    )

    assert result.texts[0] == "<PERSON_1> came."
    assert "<PERSON_1>" not in result.texts[1]


def test_linking_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        names = [f"Maria{number} Gonzalez" for number in range(count)] + ["Maria1", "Gonzalez"] * count
        spans = [[EntitySpan(start=0, end=len(name), kind="PERSON")] for name in names]
        started = time.thread_time()
        link_identities(names, spans)
        return time.thread_time() - started

    assert any(seconds(20_000) < 8 * seconds(5_000) for _ in range(3))
