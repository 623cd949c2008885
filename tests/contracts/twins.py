"""Broken twins: adapters with one bug each, and the contracts' tests that must fail on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from qfa_core import contracts
from qfa_core.contracts import Contract

# Modules of the same name hold a port's contract and, in tests.contracts.broken, its CONTRACT and TWINS.
PORTS = tuple(
    sorted(
        path.stem
        for path in Path(__file__).parent.glob("broken/*.py")
        if Path(contracts.__file__).with_name(path.name).exists()
    )
)

Adapter = TypeVar("Adapter", bound=type[Any])


class Twin(NamedTuple):
    """A broken adapter, its bug in words, and the names of the tests that must fail on it and no others."""

    adapter: type[Any]
    bug: str
    fails: frozenset[str]

    @property
    def name(self) -> str:
        return self.adapter.__name__


class Twins(list[Twin]):
    """The twins of one port; use the instance's `fails` as a decorator of each."""

    def fails(self, *tests: str) -> Callable[[Adapter], Adapter]:
        """Register an adapter, whose docstring tells its bug, as one on which exactly *tests* fail."""

        def register(adapter: Adapter) -> Adapter:
            self.append(Twin(adapter, " ".join((adapter.__doc__ or "").split()), frozenset(tests)))
            return adapter

        return register

    def suites(self, base: type[Contract]) -> dict[str, type[Contract]]:
        """
        Return a class for pytest to collect a twin, by its name.

        *base* is the port's contract with a fixture that makes the adapter from `self.twin`.
        """
        return {
            f"Test{twin.name}": type(f"Test{twin.name}", (base,), {"twin": twin.adapter}) for twin in self
        }


def twins_of(port: str) -> Twins:
    """Return the twins of a port, a module of tests.contracts.broken."""
    twins: Twins = import_module(f"tests.contracts.broken.{port}").TWINS
    return twins


def contract_of(port: str) -> type[Contract]:
    """Return the contract that the twins of a port are tried on."""
    contract: type[Contract] = import_module(f"tests.contracts.broken.{port}").CONTRACT
    return contract


def every_twin() -> Iterator[tuple[str, Twin]]:
    """Yield all twins, each with its port."""
    for port in PORTS:
        for twin in twins_of(port):
            yield port, twin


def promises_of(contract: type[Contract]) -> tuple[str, ...]:
    """Return the names of a contract's tests, in the order in which they are written down."""
    bases = [each for each in contract.__mro__ if issubclass(each, Contract)]
    return tuple(dict.fromkeys(name for each in bases for name in vars(each) if name.startswith("test_")))
