"""When to try a failed call again."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from qfa_adapters.llm.errors import Failure

MAX_ATTEMPTS = 4

# Callers such as EspoCRM hang up after seven seconds; whoever waits longer can be told to come back.
LONGEST_WAIT_SECONDS = 10.0

# Providers count by the minute: whoever asks for longer has run out for the day, or is wrong.
LONGEST_PAUSE_SECONDS = 60.0

_FIRST_BACKOFF_SECONDS = 0.5


class Retries:
    """
    Say when one call is tried again.

    Where it *is_patient*, limits are waited out and do not count as attempts; all other failures do.
    *random* is the source of jitter.
    """

    def __init__(self, *, is_patient: bool, random: Callable[[], float]) -> None:
        self._is_patient = is_patient
        self._random = random
        self._counted = 0

    def wait_seconds(self, failure: Failure, remaining_seconds: float) -> float | None:
        """
        Return how long the call itself waits after *failure*, None where it is the last.

        The patient are held up by the throttle: only what goes beyond its longest pause is the call's own.
        """
        if self._is_patient and failure.is_limit:
            asked_seconds = failure.retry_after_seconds or 0.0
            own_seconds = asked_seconds if asked_seconds > LONGEST_PAUSE_SECONDS else 0.0
            return own_seconds if asked_seconds < remaining_seconds else None
        self._counted += 1
        if self._counted == MAX_ATTEMPTS or not failure.is_passing:
            return None
        wait_seconds = failure.retry_after_seconds
        if wait_seconds is None:
            wait_seconds = backoff_seconds(self._counted, self._random())
        in_time = wait_seconds <= LONGEST_WAIT_SECONDS and wait_seconds < remaining_seconds
        return wait_seconds if in_time else None


def backoff_seconds(attempt: int, random: float) -> float:
    """
    Return how long to wait after *attempt* (from 1) where the provider did not say.

    Exponential with full jitter, *random* from 0 to 1, up to the longest pause:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    doublings = min(attempt - 1, 10)  # far beyond the longest pause, and far from an overflow
    return random * min(LONGEST_PAUSE_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0**doublings)


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
