"""Where work on records is done."""

from __future__ import annotations

import threading

import pytest

from qfa_core.feedback import FeedbackRecord
from qfa_core.use_cases.aside import QUICK_CHARACTERS, QUICK_RECORDS, aside


def records(count: int, characters: int = 0) -> list[FeedbackRecord]:
    return [FeedbackRecord(id="", content="a" * characters)] * count


@pytest.mark.parametrize("few", [records(0), records(QUICK_RECORDS), records(2, QUICK_CHARACTERS // 2)])
async def test_few_and_short_records_are_not_worth_the_way_to_a_thread(few: list[FeedbackRecord]) -> None:
    assert await aside(few, threading.get_ident) == threading.get_ident()


@pytest.mark.parametrize(
    "many", [records(QUICK_RECORDS + 1), records(1, QUICK_CHARACTERS + 1), records(2, QUICK_CHARACTERS)]
)
async def test_many_or_long_records_do_not_hold_the_event_loop(many: list[FeedbackRecord]) -> None:
    assert await aside(many, threading.get_ident) != threading.get_ident()
