"""How long to wait."""

from __future__ import annotations

import datetime as dt

import pytest

from qfa_adapters.llm.retries import backoff_seconds, retry_after_seconds

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


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
