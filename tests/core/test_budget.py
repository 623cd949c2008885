from __future__ import annotations

import pytest

from qfa_core.budget import Deadline, TokenBudget


@pytest.mark.parametrize(("now", "left"), [(0.0, 10.0), (9.5, 0.5), (10.0, 0.0), (99.0, 0.0)])
def test_what_remains_is_never_less_than_nothing(now: float, left: float) -> None:
    assert Deadline(expires_at=10.0).remaining_seconds(now) == left


def test_an_earlier_deadline_leaves_time_for_what_comes_after() -> None:
    assert Deadline(expires_at=10.0).earlier(1.5) == Deadline(expires_at=8.5)


@pytest.mark.parametrize(("characters", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2), (400, 100)])
def test_a_started_token_counts_whole(characters: int, tokens: int) -> None:
    assert TokenBudget(chars_per_token=4).tokens(characters) == tokens


def test_a_budget_may_be_used_up_but_not_overdrawn() -> None:
    budget = TokenBudget(max_total_tokens=10, chars_per_token=2.5)

    assert budget.allows(25)
    assert not budget.allows(26)
