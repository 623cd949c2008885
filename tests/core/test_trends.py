from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.feedback import FeedbackRecord, parse_created
from qfa_core.insights import CodingTrends, TrendCell, TrendPeriod
from qfa_core.trends import bucket_of, coding_trends

LABELS = ["Water", "Food", "ماء"]
RECORDS = st.builds(
    FeedbackRecord,
    id=st.just(""),
    content=st.just("x"),
    created=st.none() | st.datetimes(),
    coding_level_1=st.none() | st.lists(st.sampled_from(LABELS)).map(", ".join),
    coding_level_2=st.none() | st.sampled_from(["", *LABELS]),
)


def coded(created: str, *levels: str | None) -> FeedbackRecord:
    one, two, three = (*levels, None, None, None)[:3]
    return FeedbackRecord(
        id="",
        content="x",
        created=parse_created(created),
        coding_level_1=one,
        coding_level_2=two,
        coding_level_3=three,
    )


@pytest.mark.parametrize(
    ("day", "period", "bucket"),
    [
        ("2024-06-01", "day", "2024-06-01"),
        ("2024-06-01", "month", "2024-06"),
        ("2024-06-01", "week", "2024-W22"),
        ("2024-12-30", "week", "2025-W01"),
        ("2021-01-03", "week", "2020-W53"),
        ("2024-12-30", "month", "2024-12"),
        ("0999-03-04", "month", "0999-03"),
    ],
)
def test_a_moment_falls_into_its_day_iso_week_or_month(day: str, period: TrendPeriod, bucket: str) -> None:
    assert bucket_of(dt.datetime.fromisoformat(day), period) == bucket


def test_a_label_counts_once_a_record_and_period_however_often_it_stands_there() -> None:
    trends = coding_trends(
        [
            coded("2024-06-01", "Water, Food ,Water", "Water", " Water "),
            coded("2024-06-01 23:59:59", "Water"),
            coded("2024-07-01", "Water"),
        ],
        "month",
    )

    assert trends == CodingTrends(
        periods=("2024-06", "2024-07"),
        cells=(
            TrendCell(code="Food", period="2024-06", count=1),
            TrendCell(code="Water", period="2024-06", count=2),
            TrendCell(code="Water", period="2024-07", count=1),
        ),
    )


def test_empty_labels_do_not_count_but_their_records_period_is_there() -> None:
    records = [coded("2024-06-01", "", ", ,", None)]

    assert coding_trends(records, "day") == CodingTrends(periods=("2024-06-01",), cells=())


@pytest.mark.parametrize("records", [[], [coded("", "Water")], [coded("yesterday", "Water")]])
def test_without_a_date_that_can_be_read_there_are_no_trends(records: Sequence[FeedbackRecord]) -> None:
    assert coding_trends(records, "week") is None


def test_only_the_chosen_fields_count() -> None:
    trends = coding_trends([coded("2024-06-01", "Water", "Food")], "day", code_fields=["coding_level_2"])

    assert trends is not None
    assert [cell.code for cell in trends.cells] == ["Food"]


@given(st.lists(RECORDS), st.sampled_from(["day", "week", "month"]))
def test_trends_are_exact_and_in_order(records: list[FeedbackRecord], period: TrendPeriod) -> None:
    trends = coding_trends(records, period) or CodingTrends(periods=(), cells=())

    wanted: Counter[tuple[str, str]] = Counter()
    for record in (record for record in records if record.created):
        said = f"{record.coding_level_1 or ''},{record.coding_level_2 or ''}"
        for label in LABELS:
            wanted[label, bucket_of(record.created or dt.datetime.min, period)] += label in said
    counted = {(cell.code, cell.period): cell.count for cell in trends.cells}
    assert counted == +wanted
    assert list(counted) == sorted(counted)
    assert set(trends.periods) == {bucket for _, bucket in wanted}
    assert list(trends.periods) == sorted(trends.periods)


def test_what_too_few_records_carry_is_withheld_and_said_to_be() -> None:
    records = [coded("2024-06-01", "Water"), coded("2024-06-02", "Water"), coded("2024-06-02", "Food")]

    assert coding_trends(records, "month", min_group=2) == CodingTrends(
        periods=("2024-06",), cells=(TrendCell(code="Water", period="2024-06", count=2),), withheld_cells=1
    )
    assert coding_trends(records, "month", min_group=1) == coding_trends(records, "month")


@given(st.lists(RECORDS), st.integers(1, 4))
def test_nothing_under_the_least_group_is_told(records: list[FeedbackRecord], least: int) -> None:
    told, whole = coding_trends(records, "week", min_group=least), coding_trends(records, "week")

    if told is None or whole is None:
        assert told == whole
        return
    assert all(cell.count >= least for cell in told.cells)
    assert len(told.cells) + told.withheld_cells == len(whole.cells)
