"""How often each code was given, over time: exact arithmetic over metadata, no model."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

from qfa_core.feedback import CODING_LEVEL_FIELDS, FeedbackRecord
from qfa_core.insights import CodingTrends, TrendCell, TrendPeriod


def coding_trends(
    records: Iterable[FeedbackRecord],
    period: TrendPeriod,
    *,
    code_fields: Sequence[str] = CODING_LEVEL_FIELDS,
    min_group: int = 1,
) -> CodingTrends | None:
    """
    Count each label of *code_fields* once a record and period; withhold what fewer than *min_group* carry.

    Records without a date that could be read do not count; None where no record has one.
    Periods are those in which a record was created, ascending, whether it is coded or not.
    """
    counts: Counter[tuple[str, str]] = Counter()
    periods: set[str] = set()
    for record in records:
        if record.created is None:
            continue
        bucket = bucket_of(record.created, period)
        periods.add(bucket)
        for label in _labels(record, code_fields):
            counts[label, bucket] += 1
    if not periods:
        return None
    cells = tuple(
        TrendCell(code=code, period=bucket, count=count) for (code, bucket), count in sorted(counts.items())
    )
    shown = tuple(cell for cell in cells if cell.count >= min_group)
    return CodingTrends(periods=tuple(sorted(periods)), cells=shown, withheld_cells=len(cells) - len(shown))


def bucket_of(moment: dt.datetime, period: TrendPeriod) -> str:
    """Return `YYYY-MM-DD`, the ISO week `YYYY-Www` (of the ISO year), or `YYYY-MM`."""
    if period == "day":
        return moment.date().isoformat()
    if period == "week":
        year, week, _ = moment.isocalendar()
        return f"{year:04}-W{week:02}"
    return f"{moment.year:04}-{moment.month:02}"


def _labels(record: FeedbackRecord, code_fields: Sequence[str]) -> set[str]:
    labels: set[str] = set()
    for field in code_fields:
        level = getattr(record, field)
        if level:
            labels.update(map(str.strip, level.split(",")))
    labels.discard("")
    return labels
