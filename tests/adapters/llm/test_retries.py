"""How long to wait."""

from __future__ import annotations

import datetime as dt

import pytest

from qfa_adapters.llm.errors import Failure
from qfa_adapters.llm.retries import Retries, backoff_seconds, retry_after_seconds
from qfa_core.errors import LLMRateLimited

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def waits(asked_seconds: float | None, *, is_patient: bool) -> list[float | None]:
    """Meet one limit after the other, with a hundred seconds left each time."""
    retries = Retries(is_patient=is_patient, random=lambda: 1.0)
    limit = Failure(error=LLMRateLimited(), status=429, retry_after_seconds=asked_seconds)
    return [retries.wait_seconds(limit, 100.0) for _ in range(5)]


@pytest.mark.parametrize(
    ("asked_seconds", "seconds"), [(None, [0.5, 1, 2]), (0.0, [0, 0, 0]), (10.0, [10, 10, 10]), (10.1, [])]
)
def test_a_single_call_waits_for_a_limit_three_times_ten_seconds_at_the_most(
    asked_seconds: float | None, seconds: list[float]
) -> None:
    waited = waits(asked_seconds, is_patient=False)

    assert waited[:4] == [*seconds, None, None, None, None][:4]


@pytest.mark.parametrize(
    ("asked_seconds", "own_seconds"), [(None, 0), (10.0, 0), (60.0, 0), (60.1, 60.1), (100.0, None)]
)
def test_of_a_limit_a_patient_call_waits_for_what_no_pause_covers_however_often(
    asked_seconds: float | None, own_seconds: float | None
) -> None:
    assert waits(asked_seconds, is_patient=True) == [own_seconds] * 5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 -0000"}, None),
        ({"retry-after": "Sun, 22 Nov 99999 12:01:00 GMT"}, None),
        *[({"retry-after": value}, None) for value in ("", "-1", "0", "nan", "inf", "1e999", "tomorrow")],
        ({"x-ratelimit-reset-tokens": "6"}, None),
    ],
)
def test_only_sensible_headers_say_how_long(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, NOON) == seconds


def test_the_bound_ends_at_the_longest_pause_however_many_attempts() -> None:
    assert [backoff_seconds(attempt, 1.0) for attempt in (8, 40_000)] == [60, 60]


def test_jitter_is_full_and_the_bound_doubles() -> None:
    assert [backoff_seconds(attempt, 0.0) for attempt in (1, 2, 3)] == [0, 0, 0]
    assert [backoff_seconds(attempt, 1.0) for attempt in (1, 2, 3)] == [0.5, 1, 2]
