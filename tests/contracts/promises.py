"""What the contracts' tests quote from the ports."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

from qfa_core.contracts import Contract
from tests.contracts.twins import promises_of

_SENTENCES = re.compile(r"(?<=\.)\s+")


class Promise(NamedTuple):
    """A test of a contract and what it quotes: *quote* from the docstring of *place*."""

    test: str
    place: str
    quote: str


def promises(contract: type[Contract]) -> Iterator[Promise]:
    """Yield the promises of a contract; a test without a docstring has an empty place and quote."""
    for test in promises_of(contract):
        place, _, quote = _flat(getattr(contract, test).__doc__).partition(": ")
        yield Promise(test, place, quote)


def text_of(place: str) -> str:
    """Return the docstring of a class of qfa_core, or of one of its methods, in one line."""
    name, _, member = place.partition(".")
    owner = _class_named(name)
    return _flat(inspect.getdoc(getattr(owner, member) if member else owner))


def sentences_of(port: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence of a port's methods, with the place where it stands."""
    for name, member in vars(_class_named(port)).items():
        if not name.startswith("_") and (callable(member) or isinstance(member, property)):
            place = f"{port}.{name}"
            yield from ((place, sentence) for sentence in _SENTENCES.split(text_of(place)) if sentence)


def _class_named(name: str) -> type[Any]:
    modules = [module for path, module in sys.modules.items() if path.startswith("qfa_core.")]
    found = {vars(module)[name] for module in modules if isinstance(vars(module).get(name), type)}
    (only,) = found
    return only


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())
