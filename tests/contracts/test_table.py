"""That the table of promises is current."""

from __future__ import annotations

from tests.contracts.table import PAGE, page


def test_the_table_of_promises_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.contracts.table > docs/contracts.md"
