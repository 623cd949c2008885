from __future__ import annotations

import datetime as dt

import pytest

from qfa_core.errors import InvalidInput
from qfa_http.wire.window import decode_window

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def faults_of(since: str | None, until: str | None) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        decode_window(since, until)
    return [(fault.field, fault.issue) for fault in refusal.value.faults]


def test_no_bounds_mean_no_bounds() -> None:
    assert decode_window(None, None) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T00:00:00Z",
        "2024-01-01 00:00:00+00:00",
        "2024-01-01T02:00:00+02:00",
        "2024-01-01T02:00:00 02:00",
        "2024-01-01T02:00 0200",
        "2024-01-01 02:00:00 02:00",
        "2023-12-31T19:00:00-05:00",
    ],
)
def test_a_moment_is_understood_also_with_a_plus_that_became_a_space(text: str) -> None:
    since, _ = decode_window(text, None)

    assert since == START
    assert since is not None
    assert since.tzinfo is dt.UTC


@pytest.mark.parametrize("text", ["2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00"])
def test_a_moment_without_a_time_zone_is_refused_on_either_side(text: str) -> None:
    issue = "must have a time zone, such as Z or +02:00"

    assert faults_of(text, text) == [("from", issue), ("to", issue)]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1704067200", "2024-13-01T00:00:00Z", "0001-01-01T00:00:00+02:00"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    assert faults_of(None, text) == [("to", "must be an ISO 8601 date-time")]


@pytest.mark.parametrize(
    "until", ["2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z", "2024-01-01T01:00:00+02:00"]
)
def test_a_window_that_ends_no_later_than_it_began_is_refused(until: str) -> None:
    assert faults_of("2024-01-01T00:00:00Z", until) == [("to", "must be later than `from`")]


def test_a_window_keeps_both_bounds() -> None:
    end = START + dt.timedelta(days=1)

    assert decode_window("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z") == (START, end)
