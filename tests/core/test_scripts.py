from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.scripts import most_weight, weight

# Tokens that OpenAI's cl100k_base takes for these sentences, counted with npm's gpt-tokenizer.
SENTENCES = {
    "The water at the pump is dirty and the children are ill.": 13,
    "Вода из колонки грязная, дети болеют уже неделю.": 24,
    "Вода з колонки брудна, діти хворіють уже тиждень.": 27,
    "الماء من المضخة ملوث والأطفال مرضى منذ أسبوع.": 30,
    "नल का पानी गंदा है और बच्चे बीमार हैं।": 39,
    "水泵里的水很脏，孩子们生病了。": 22,
    "ውሃው ቆሻሻ ነው እና ልጆቹ ታመዋል።": 53,
    "น้ำสกปรกและเด็กๆป่วย": 21,
    "ရေက ညစ်ပတ်တယ်": 25,
    "Nước ở máy bơm bẩn và trẻ em bị ốm.": 24,
    "😀🙏🏽 danke": 10,
}


def test_english_weighs_its_length() -> None:
    assert weight("The water is dirty.") == 19


@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_script_is_thought_lighter_than_it_is(sentence: str) -> None:
    assert weight(sentence) / 4 >= SENTENCES[sentence]


@given(st.text(), st.text())
def test_a_text_weighs_what_its_parts_weigh(first: str, second: str) -> None:
    assert weight(first + second) == weight(first) + weight(second)
    assert weight(first) >= len(first)


@given(st.text(st.characters(codec=None)))
def test_what_a_text_weighs_at_most_is_no_less_than_it_weighs(text: str) -> None:
    assert weight(text) <= most_weight(text)


def test_an_english_text_weighs_at_most_its_length() -> None:
    assert most_weight("The water is dirty.") == 19


def test_a_long_text_weighs_no_less_for_being_read_in_slices() -> None:
    assert weight("вода" * 100_000) == 100_000 * weight("вода")
