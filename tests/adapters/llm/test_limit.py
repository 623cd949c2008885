"""How many attempts go on at a time."""

from __future__ import annotations

from qfa_adapters.llm.limit import Limit


def succeed(limit: Limit, times: int) -> list[bool]:
    return [limit.grow(limit.era) for _ in range(times)]


def test_each_sign_of_congestion_halves_and_one_place_remains() -> None:
    limit = Limit(64)
    places = []
    for _ in range(8):
        limit.cut(limit.era)
        places.append(limit.places)

    assert places == [32, 16, 8, 4, 2, 1, 1, 1]


def test_all_refusals_of_one_burst_are_one_sign() -> None:
    limit = Limit(64)
    news = [limit.cut(0) for _ in range(40)]

    assert news == [True] + [False] * 39
    assert limit.places == 32


def test_a_round_of_answers_adds_about_one_place() -> None:
    limit = Limit(64)
    limit.cut(limit.era)
    succeed(limit, 33)

    assert limit.places == 33


def test_answers_from_before_a_cut_add_nothing() -> None:
    limit = Limit(4)
    limit.cut(0)
    for _ in range(100):
        limit.grow(0)

    assert limit.places == 2
    assert limit.cuts_in_a_row == 1


def test_the_limit_grows_back_to_full_and_says_so_once() -> None:
    limit = Limit(4)
    limit.cut(limit.era)
    limit.cut(limit.era)
    news = succeed(limit, 100)

    assert news.count(True) == 1
    assert limit.places == 4


def test_a_success_ends_the_row_of_cuts() -> None:
    limit = Limit(4)
    limit.cut(limit.era)
    limit.cut(limit.era)
    succeed(limit, 1)
    limit.cut(limit.era)

    assert limit.cuts_in_a_row == 1
