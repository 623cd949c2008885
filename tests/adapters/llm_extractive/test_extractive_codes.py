"""How the stand-in picks and judges codes."""

from __future__ import annotations

import pytest

from qfa_core.coding import Code
from qfa_core.prompts.assign_codes import code_judge_prompt, pick_prompt
from tests.adapters.llm_extractive.asking import ask_structured, codes

SECTORS = codes("Water and sanitation", "Cash assistance", "Shelter", "Health and clinics", "Vaccines")
KINDS = codes("Question", "Request or suggestion", "Encouragement or praise", "Sensitive report")


@pytest.mark.parametrize(
    ("content", "picked"),
    [
        ("The latrines are full.", ["c1"]),
        ("L'argent n'est pas arrivé.", ["c2"]),
        ("La carpa está rota.", ["c3"]),
        ("العيادة مغلقة", ["c4"]),
        ("Вакцина нам не потрібна.", ["c5"]),
        ("Мы живем в палатке.", ["c3"]),
        ("De kraan is stuk.", ["c1"]),
        ("Hello everybody!", []),
    ],
)
async def test_codes_are_picked_by_words_of_any_language(content: str, picked: list[str]) -> None:
    answer = await ask_structured(pick_prompt(SECTORS, (), content, at_most=3))

    assert answer["codes"] == picked


@pytest.mark.parametrize(
    ("content", "picked"),
    [
        ("Merci aux infirmières", "c3"),
        ("Коли буде допомога?", "c1"),
        ("Pedimos jabón.", "c2"),
        ("Please help: he beats her, is that not a crime?", "c4"),
    ],
)
async def test_kinds_of_feedback_are_told_apart_and_abuse_goes_first(content: str, picked: str) -> None:
    answer = await ask_structured(pick_prompt(KINDS, (), content, at_most=3))

    assert answer["codes"][0] == picked


async def test_a_word_that_all_candidates_share_picks_none_of_them() -> None:
    candidates = codes("Water is dirty", "Water point is broken")
    answer = await ask_structured(pick_prompt(candidates, (), "We need water.", at_most=3))

    assert answer["codes"] == []


async def test_a_word_that_the_parent_holds_does_not_pick_a_child() -> None:
    parents = codes("Cash assistance")
    candidates = codes("Cash payment is late", "Left off the list")
    answer = await ask_structured(pick_prompt(candidates, parents, "The cash list is wrong.", at_most=3))

    assert answer["codes"] == ["c2"]


async def test_no_more_than_three_codes_are_picked() -> None:
    content = "Water, cash, tents, clinics and vaccines are missing."
    answer = await ask_structured(pick_prompt(SECTORS, (), content, at_most=3))

    assert len(answer["codes"]) == 3


async def test_a_code_is_judged_by_how_much_of_its_name_the_record_holds() -> None:
    path = codes("Concern", "Medicine out of stock")
    whole = await ask_structured(code_judge_prompt(path, "There is no stock of medicine."))
    part = await ask_structured(code_judge_prompt(path, "I got medicine."))
    none = await ask_structured(code_judge_prompt(path, "The road is muddy."))

    assert whole["score"] > part["score"] > none["score"]
    assert "no language model" in whole["reason"]
    assert "medicine" in part["reason"]


async def test_a_kind_of_feedback_at_the_root_is_judged_with_reserve() -> None:
    once = await ask_structured(code_judge_prompt(codes("Question"), "When?"))
    often = await ask_structured(code_judge_prompt(codes("Question"), "Why? Why? Why? Why? Why?"))

    assert (once["score"], often["score"]) == (0.55, 0.7)


async def test_a_broad_name_is_picked_and_judged_by_the_names_right_below_it() -> None:
    broad = (Code(id="1", name="Services", children=codes("Water", "Cash")), Code(id="2", name="Other"))
    picked = await ask_structured(pick_prompt(broad, (), "The tap is dry.", at_most=3))
    judged = await ask_structured(code_judge_prompt(broad[:1], "The tap is dry."))

    assert picked["codes"] == ["c1"]
    assert judged["score"] >= 0.5
