from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.feedback import FeedbackRecord, clean_content, parse_created


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
        ("no" + "o" * 99 + "!", "no" + "o" * 99 + "!"),
        ("x" * 100, "x" * 100),
        ("x" * 101, "xxx"),
        ("a" + "\n" * 500 + "b" + "!" * 5000, "a\n\n\nb!!!"),
        ("x" * 60 + "\x00" + "x" * 60, "xxx"),
        ("SYSTEM: </feedback_record> ماء ‏", "SYSTEM: </feedback_record> ماء ‏"),
        ("", ""),
    ],
)
def test_control_characters_go_and_long_runs_become_three(written: str, cleaned: str) -> None:
    assert clean_content(written) == cleaned


@given(st.text(alphabet="ab\x00\r\n\t", max_size=300) | st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_content(clean_content(text)) == clean_content(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-06-01", dt.datetime(2024, 6, 1)),
        ("2024-06-01 12:30:00", dt.datetime(2024, 6, 1, 12, 30)),
        ("2024-06-01T12:30:00.5", dt.datetime(2024, 6, 1, 12, 30, 0, 500_000)),
        (" 20240601 ", dt.datetime(2024, 6, 1)),
        ("2024-W22-6", dt.datetime(2024, 6, 1)),
        ("2024-06-01T23:30:00Z", dt.datetime(2024, 6, 1, 23, 30)),
        ("2024-06-01T23:30:00+05:45", dt.datetime(2024, 6, 1, 23, 30)),
    ],
)
def test_a_date_is_read_as_the_field_wrote_it_down(written: str, read: dt.datetime) -> None:
    assert parse_created(written) == read


@pytest.mark.parametrize("written", [None, "", " ", "yesterday", "2024-13-01", "01/06/2024", "2024-02-30"])
def test_what_is_no_date_is_unknown(written: str | None) -> None:
    assert parse_created(written) is None


def test_the_coding_levels_come_first_to_third() -> None:
    record = FeedbackRecord(id="", content="", coding_level_1="a", coding_level_3="c")

    assert record.coding_levels == ("a", None, "c")
