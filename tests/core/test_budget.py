from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.budget import Deadline, TokenBudget


@pytest.mark.parametrize(("now", "left"), [(0.0, 10.0), (9.5, 0.5), (10.0, 0.0), (99.0, 0.0)])
def test_what_remains_is_never_less_than_nothing(now: float, left: float) -> None:
    assert Deadline(expires_at=10.0).remaining_seconds(now) == left


def test_an_earlier_deadline_leaves_time_for_what_comes_after() -> None:
    assert Deadline(expires_at=10.0).earlier(1.5) == Deadline(expires_at=8.5)


@pytest.mark.parametrize(("characters", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2), (400, 100)])
def test_a_started_token_counts_whole(characters: int, tokens: int) -> None:
    assert TokenBudget(chars_per_token=4).tokens("a" * characters) == tokens


def test_texts_are_counted_together() -> None:
    assert TokenBudget(chars_per_token=4).tokens("a", "bc", "d") == 1


def test_a_budget_may_be_used_up_but_not_overdrawn() -> None:
    budget = TokenBudget(max_total_tokens=10, chars_per_token=2.5)

    assert budget.allows("a" * 20, "b" * 5)
    assert not budget.allows("a" * 20, "b" * 6)


def test_a_script_that_takes_more_tokens_fills_the_budget_sooner() -> None:
    budget = TokenBudget(max_total_tokens=10)

    assert budget.allows("voda" * 10)
    assert budget.allows("вода" * 4)
    assert not budget.allows("вода" * 5)


@given(st.lists(st.text()), st.integers(0, 100))
def test_what_the_budget_allows_is_what_the_tokens_say(texts: list[str], most: int) -> None:
    budget = TokenBudget(max_total_tokens=most)

    assert budget.allows(*texts) == (budget.tokens(*texts) <= most)


def test_a_step_may_take_its_share_of_what_remains() -> None:
    assert Deadline(expires_at=10.0).after(0.25, now=2.0) == Deadline(expires_at=4.0)
    assert Deadline(expires_at=10.0).after(0.25, now=12.0) == Deadline(expires_at=12.0)
