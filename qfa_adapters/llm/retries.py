"""When to try a failed call again."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

MAX_ATTEMPTS = 4

# Callers such as EspoCRM hang up after seven seconds; whoever waits longer can be told to come back.
LONGEST_WAIT_SECONDS = 10.0

_FIRST_BACKOFF_SECONDS = 0.5


def backoff_seconds(attempt: int, random: float) -> float:
    """
    Return how long to wait after *attempt* (from 1) where the provider did not say.

    Exponential with full jitter, *random* from 0 to 1:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return float(random * _FIRST_BACKOFF_SECONDS * 2 ** (attempt - 1))


def retry_after_seconds(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """
    Return how long the provider asks to wait, None where it does not say or says nothing sensible.

    `retry-after-ms` is the finer one and counts first; `retry-after` is in seconds or a date.
    `x-ratelimit-*` are not looked at: they may be 0 or -1 for unknown.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    seconds = _number(value)
    return seconds if seconds is not None else _seconds_until(value, now)


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _seconds_until(date: str, now: dt.datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": a date of no known zone, which HTTP does not allow
        return None
    return max(0.0, (moment - now).total_seconds())
