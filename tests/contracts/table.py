"""
The table of docs/contracts.md: each promise, the test that checks it, and the broken twins that fail it.

`python -m tests.contracts.table > docs/contracts.md` writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby

from tests.acceptance.service import ROOT
from tests.contracts.promises import Promise, promises
from tests.contracts.twins import PORTS, Twin, contract_of, promises_of, twins_of

PAGE = ROOT / "docs" / "contracts.md"
_PROSE = """\
# What adapters promise

Each port has a suite of tests in `qfa_core.contracts` (`pip install 'qfa[testing]'`), which an author of an
adapter inherits and runs with plain pytest. Every promise that a port's docstring makes is quoted, word for
word, by the test that checks it; every test is tried on a broken twin: an adapter with one bug, on which that
test and the others that the bug concerns must fail, and no more. Twins stand in `tests/contracts/broken/`.

Written by `python -m tests.contracts.table > docs/contracts.md`; a test fails where this page is not current.

"""


def page() -> str:
    """Return the whole page."""
    return _PROSE + _overview() + "".join(_section(port) for port in PORTS)


def own_promises(port: str) -> list[Promise]:
    """Return the promises of a port's contract, but for those that it shares with another port."""
    contract = contract_of(port)
    others = [contract_of(each) for each in PORTS if each != port]
    shared = {test for other in others if issubclass(contract, other) for test in promises_of(other)}
    return [promise for promise in promises(contract) if promise.test not in shared]


def _overview() -> str:
    rows = [
        (f"[`{contract_of(port).__name__}`](#{contract_of(port).__name__.lower()})", *_counts(port))
        for port in PORTS
    ]
    total = ("all", *(sum(counts) for counts in zip(*(_counts(port) for port in PORTS), strict=True)))
    return _table(("suite", "tests", "twins"), [*rows, total]) + "\n"


def _counts(port: str) -> tuple[int, int]:
    return len(own_promises(port)), len(twins_of(port))


def _section(port: str) -> str:
    contract = contract_of(port)
    shares = [base.__name__ for base in contract.__mro__[1:] if base in {contract_of(each) for each in PORTS}]
    beside = f"Beside what `{shares[0]}` says.\n\n" if shares else ""
    return f"## {contract.__name__}\n\n{beside}{_promises(port)}\n{_bugs(port)}\n"


def _promises(port: str) -> str:
    twins = twins_of(port)
    return _table(("promise", "test", "broken twins"), _rows(own_promises(port), twins))


def _rows(found: list[Promise], twins: list[Twin]) -> Iterator[tuple[str, str, str]]:
    """Yield a row a test, those of one place together, which is named once."""
    ordered = sorted(found, key=lambda promise: promise.place)
    for place, group in groupby(ordered, key=lambda promise: promise.place):
        for number, promise in enumerate(group):
            broken = ", ".join(f"`{twin.name}`" for twin in twins if promise.test in twin.fails)
            before = f"**`{place}`** " if number == 0 else ""
            yield f"{before}{promise.quote}", f"`{promise.test}`", broken


def _bugs(port: str) -> str:
    return _table(("broken twin", "its bug"), [(f"`{twin.name}`", twin.bug) for twin in twins_of(port)])


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )


if __name__ == "__main__":
    sys.stdout.write(page())
