"""How words of seven languages are read."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from qfa_adapters.llm.extractive_lexicon import shipped_lexicon
from qfa_adapters.llm.extractive_words import WordReader, sentences


@pytest.mark.parametrize(
    "text",
    [
        "There is no WATER.",
        "Il n'y a plus d'eau.",
        "No hay agua potable.",
        "Нема води.",
        "Воды нет.",
        "لا يوجد الماء",
        "نحتاج إلى مياه",
        "Er is geen waterpunt.",
    ],
)
def test_water_is_water_in_every_language(text: str) -> None:
    assert WordReader().read(text)["water"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bridge", "bridges"),
        ("été perdue", "ete perdue"),
        ("مدرّسة", "مدرسه"),
        ("дорога", "дорогу"),
        ("camión", "Camiones"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert WordReader().read(one).keys() == WordReader().read(other).keys() != set()


def test_a_narrow_topic_counts_for_the_wider_one_too() -> None:
    assert {"tents", "shelter"} <= WordReader().read("Our tent is gone.").keys()


def test_placeholders_numbers_and_stop_words_are_no_terms() -> None:
    assert not WordReader().read("<PERSON_1> and <PHONE_NUMBER_12> were here 12 times, و قال انها هنا")


@pytest.mark.parametrize("text", ["It is ready?", "هل وصل؟", "¿Listo?"])
def test_a_question_mark_makes_a_question(text: str) -> None:
    assert WordReader().read(text)["question"]


def test_a_word_that_no_list_holds_is_spelled_as_it_was_first_written() -> None:
    reader = WordReader()
    term = next(iter(reader.read("Brücken Brücke")))

    assert reader.spelled(term) == "brücken"


def test_a_word_without_end_is_read_in_no_time_and_spelled_short() -> None:
    reader = WordReader()
    started = time.process_time()
    term = next(iter(reader.read("abc" * 30_000)))

    assert time.process_time() - started < 2
    assert reader.spelled(term) == ("abc" * 14)[:40]


def test_sentences_end_in_arabic_too() -> None:
    assert sentences("متى يصل؟ لا نعرف. Soon!\nMaybe") == ["متى يصل؟", "لا نعرف.", "Soon!", "Maybe"]


@pytest.mark.parametrize("sort", ["topics", "aspects", "kinds"])
def test_no_term_is_of_two_sorts(sort: str) -> None:
    lexicon = shipped_lexicon()
    sorts = {"topics": lexicon.topics, "aspects": lexicon.aspects, "kinds": lexicon.kinds}
    terms = sorts.pop(sort)

    assert terms
    assert not terms & frozenset().union(*sorts.values())


def test_whatever_a_term_implies_is_a_term() -> None:
    lexicon = shipped_lexicon()
    mentioned = frozenset().union(*lexicon.whole.values(), *lexicon.beginnings.values())

    assert mentioned == lexicon.topics | lexicon.aspects | lexicon.kinds


def test_a_words_terms_come_in_one_order_in_every_process() -> None:
    command = (
        "from qfa_adapters.llm.extractive_words import WordReader; "
        "print(list(WordReader().read('The water point is broken since Monday')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", command],
            env={"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(4)
    }

    assert len(said) == 1
