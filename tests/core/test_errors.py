from __future__ import annotations

import inspect

import pytest

from qfa_core import errors
from qfa_core.errors import Fault, InvalidInput, LLMRateLimited, PromptInjection, QFAError

ALL_ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, QFAError)]


@pytest.mark.parametrize("kind", ALL_ERRORS)
def test_every_error_says_something_by_itself(kind: type[QFAError]) -> None:
    assert str(kind()) == kind.message
    assert kind.message.endswith(".")


@pytest.mark.parametrize("kind", ALL_ERRORS)
def test_every_error_stands_in_the_tree_that_the_module_draws_below_its_parent(kind: type[QFAError]) -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if kind.__name__ in line.split()]
    assert len(drawn) == 1
    [parent] = kind.__bases__
    depth = {QFAError: 0}.get(kind, len(kind.__mro__) - len(QFAError.__mro__))

    assert drawn[0].index(kind.__name__) == 4 + 4 * depth
    assert parent is Exception or parent in ALL_ERRORS


def test_an_error_may_say_more_in_the_projects_own_words() -> None:
    assert str(errors.NotFound("There is no such tenant.")) == "There is no such tenant."


def test_invalid_input_names_every_place() -> None:
    faults = (Fault(field="prompt", issue="is too long"), Fault(field="period", issue="is unknown"))

    assert InvalidInput(*faults).faults == faults
    assert PromptInjection(faults[0]).faults == faults[:1]
    assert str(PromptInjection(*faults)) == PromptInjection.message


def test_a_limit_tells_how_long_to_wait_where_the_provider_said_so() -> None:
    assert LLMRateLimited(retry_after_seconds=1.5).retry_after_seconds == 1.5
    assert LLMRateLimited().retry_after_seconds is None
