from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.duplicates import first_of_their_kind, said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No water today", "no water today"),
        ("No water today.", "No  water\n today !!!"),
        ("“No water”, today…", "no water today"),
        ("Thank-you", "thank you"),
        ("We came on 12 May 2024.", "we came on (12) May 2024"),
        ("At 5, they left!", "at 5 they left"),
        ("l’eau", "l'eau"),
        ("ＷＡＴＥＲ", "water"),  # full width, as some phones type
        ("لا يوجد ماء اليوم!", "لا يوجد ماء اليوم"),
        ("Воды нет.", "ВОДЫ НЕТ"),
    ],
)
def test_case_space_and_punctuation_say_nothing(one: str, other: str) -> None:
    assert said(one) == said(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The water is clean", "The water is not clean"),
        ("The guard asked me to wait", "The guard asked me to wait. He touched me"),
        ("It costs 5", "It costs -5"),
        ("It costs 35", "It costs 3.5"),
        ("It costs .5", "It costs 5"),
        ("It costs $5", "It costs €5"),
        ("It rose by 5%", "It rose by 5"),
        ("The vaccine kills?", "The vaccine kills."),
        ("No water in <LOCATION_1>", "No water in <LOCATION_2>"),
        ("el ano pasado", "el año pasado"),
        ("कि", "का"),
        ("👍", "👎"),
        ("?", "!"),
        ("...", "!!!"),
    ],
)
def test_whatever_may_change_the_meaning_is_told_apart(one: str, other: str) -> None:
    assert said(one) != said(other)


def test_a_text_points_at_the_first_that_says_the_same() -> None:
    assert first_of_their_kind(["Yes.", "No", "yes", "NO!", "Maybe"]) == (0, 1, 0, 1, 4)


@given(st.lists(st.text(max_size=5), max_size=20))
def test_whoever_is_pointed_at_points_at_itself(texts: list[str]) -> None:
    first = first_of_their_kind(texts)

    assert len(first) == len(texts)
    assert all(first[position] == position <= index for index, position in enumerate(first))
