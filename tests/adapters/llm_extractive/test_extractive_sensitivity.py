"""What the lexicon of sensitive words flags."""

from __future__ import annotations

import pytest

from qfa_adapters.llm.extractive_lexicon import read_word_lists
from qfa_core.insights import SensitivityType
from qfa_core.prompts.detect_sensitive import sensitivity_prompt
from tests.adapters.llm_extractive.asking import ask_structured


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("He wants sexual favours for a food card.", "SEXUAL_EXPLOITATION"),
        ("Il demande des faveurs sexuelles.", "SEXUAL_EXPLOITATION"),
        ("Pide favores sexuales por la tarjeta.", "SEXUAL_EXPLOITATION"),
        ("يطلب خدمات جنسية مقابل البطاقة", "SEXUAL_EXPLOITATION"),
        ("Вимагає сексуальних послуг за картку.", "SEXUAL_EXPLOITATION"),
        ("Требует сексуальных услуг.", "SEXUAL_EXPLOITATION"),
        ("Hij vraagt seksuele gunsten.", "SEXUAL_EXPLOITATION"),
        ("Somebody stole our blankets.", "THEFT"),
        ("Un voleur a pris le riz.", "THEFT"),
        ("Robaron las cobijas.", "THEFT"),
        ("والسرقة كل ليلة", "THEFT"),
        ("У нас вкрали ковдри.", "THEFT"),
        ("У нас украли одеяла.", "THEFT"),
        ("De dekens zijn gestolen.", "THEFT"),
        ("They asked for a bribe.", "GIFTS_BRIBES_AND_KICKBACKS"),
        ("Ils demandent un bakchich.", "CORRUPTION"),
        ("Piden una mordida.", "CORRUPTION"),
        ("طلب منا رشوة", "CORRUPTION"),
        ("Просять хабаря.", "CORRUPTION"),
        ("Просят взятку.", "CORRUPTION"),
        ("Er is smeergeld betaald.", "CORRUPTION"),
        ("He threatened me.", "THREATS_AND_PHYSICAL_VIOLENCE"),
        ("بالسلاح", "THREATS_AND_PHYSICAL_VIOLENCE"),
    ],
)
async def test_a_disclosure_is_flagged_in_its_language(content: str, kind: str) -> None:
    answer = await ask_structured(sensitivity_prompt(content))

    assert answer["is_sensitive"]
    assert kind in answer["sensitivity_types"]
    assert kind.replace("_", " ").lower() in answer["explanation"]


@pytest.mark.parametrize(
    "content",
    [
        "Thank you for the tents, the children sleep well.",
        "Merci pour l'eau.",
        "Hace un mes que no hay medicina.",
        "شكرا على الخيام",
        "Дякуємо за воду.",
        "We have been there for a month.",
        "",
    ],
)
async def test_harmless_feedback_is_not_flagged(content: str) -> None:
    answer = await ask_structured(sensitivity_prompt(content))

    assert not answer["is_sensitive"]
    assert answer["sensitivity_types"] == []
    assert "no proof" in answer["explanation"]


async def test_an_explanation_does_not_repeat_the_record() -> None:
    answer = await ask_structured(sensitivity_prompt("Zebulon stole the blankets."))

    assert "Zebulon" not in answer["explanation"]


@pytest.mark.parametrize("kind", SensitivityType)
def test_every_kind_has_words_in_seven_languages(kind: SensitivityType) -> None:
    lists = read_word_lists("sensitivity")[kind]

    assert set(lists) == {"en", "fr", "es", "nl", "ar", "uk", "ru"}
    assert all(words.strip() for words in lists.values())
