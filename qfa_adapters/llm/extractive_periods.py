"""
Counts by period, in few periods: months, or quarters where those are many, or years.

Periods are written `2026-02`, `2026-Q1` and `2026`; those of one width sort as text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

_MOST_PERIODS = 6
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_PERIOD = re.compile(rf"\d{{4}}-Q[1-4]|\d{{4}}|{_MONTH.pattern}")
_Widen = Callable[[str], str]


def month_of(day: str) -> str:
    """Return the month of a day `2026-02-03`; empty where there is none."""
    found = _MONTH.match(day)
    return found.group() if found else ""


def known_period(name: str) -> str:
    """Return *name* if it is that of a period; else nothing."""
    return name if _PERIOD.fullmatch(name) else ""


def widened(periods: Iterable[str]) -> _Widen:
    """Return what puts *periods* into few periods of one width, the narrowest that will do."""
    known = set(periods)
    for widen in (str, _quarter, _year):
        wide = {widen(period) for period in known}
        if len(wide) <= _MOST_PERIODS and len({len(period) for period in wide}) <= 1:
            return widen
    return _year


def count_by(widen: _Widen, counts: Mapping[str, int]) -> Counter[str]:
    """Add counts up by wider periods."""
    added: Counter[str] = Counter()
    for period, count in counts.items():
        added[widen(period)] += count
    return added


def later_half(counts: Mapping[str, int]) -> str:
    """Return the period with which the later half begins, as evenly as it goes; empty if there is but one."""
    periods = sorted(counts)
    before = list(accumulate((counts[period] for period in periods), initial=0))
    return min(
        periods[1:], key=lambda period: abs(2 * before[periods.index(period)] - before[-1]), default=""
    )


def since(later: str, counts: Mapping[str, int]) -> int:
    """Return what is counted from period *later* on."""
    return sum(count for period, count in counts.items() if period >= later)


def _quarter(period: str) -> str:
    month = _MONTH.fullmatch(period)
    return f"{month.group(1)}-Q{(int(month.group(2)) + 2) // 3}" if month else period


def _year(period: str) -> str:
    return period[:4]
