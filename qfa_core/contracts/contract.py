"""What every contract suite has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])
_NEEDS = "__qfa_needs__"


class Contract:
    """
    A suite of tests that an author of an adapter inherits.

    Raises TypeError for a subclass that overrides a test without marking it xfail with a reason: a promise
    that is not kept is said aloud.
    """

    pytestmark = pytest.mark.anyio

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in _overridden_tests(cls):
            if not _expects_failure(getattr(cls, name)):
                raise TypeError(f"{cls.__name__}.{name} overrides a contract: mark it xfail(reason=…).")

    @pytest.fixture(scope="session")
    @staticmethod
    def anyio_backend() -> str:
        """Run tests and async fixtures, of whatever scope, on asyncio."""
        return "asyncio"

    @pytest.fixture(autouse=True)
    def _skip_what_is_not_supported(self, request: pytest.FixtureRequest) -> None:
        capability = getattr(request.function, _NEEDS, None)
        if capability and not getattr(self, capability):
            pytest.skip(f"{capability} = False")


def needs(capability: str) -> Callable[[Test], Test]:
    """Skip a test of a contract in classes whose attribute *capability* is False."""

    def mark(test: Test) -> Test:
        setattr(test, _NEEDS, capability)
        return test

    return mark


def not_given(fixture: str, capability: str) -> NoReturn:
    """Tell an author of a fixture that is wanted unless the class gives up a capability."""
    pytest.fail(f"Give a fixture `{fixture}`, or say `{capability} = False`.", pytrace=False)


def _overridden_tests(cls: type) -> Iterator[str]:
    """Yield the names of tests that more than one class in the order of resolution defines."""
    for name in dir(cls):
        if name.startswith("test_") and sum(name in vars(each) for each in cls.__mro__) > 1:
            yield name


def _expects_failure(test: object) -> bool:
    marks = getattr(test, "pytestmark", ())
    return any(mark.name == "xfail" and mark.kwargs.get("reason") for mark in marks)
