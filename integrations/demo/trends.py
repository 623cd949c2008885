"""A picture of coding trends: months side by side, warmer where more records carry a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

_SPARKS = " ▁▂▃▄▅▆▇█"
_HEAT = ("", *(f"white on rgb({red},{red // 3},{red // 10})" for red in (40, 75, 115, 155, 200)))


def trend_table(coding_trends: Mapping[str, Any], codes: Collection[str]) -> Table:
    """Draw the trends of *codes*, the most frequent first; *coding_trends* as `/v1/analyze-bulk` answers."""
    periods: Sequence[str] = coding_trends["periods"]
    counts = {(cell["code"], cell["period"]): cell["count"] for cell in coding_trends["cells"]}
    rows = [(code, [counts.get((code, period), 0) for period in periods]) for code in codes]
    rows = sorted((row for row in rows if any(row[1])), key=lambda row: (-sum(row[1]), row[0]))
    hottest = max((count for _, row in rows for count in row), default=1)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Code (second level)")
    for period in periods:
        table.add_column(month_name(period), justify="right", min_width=4)
    table.add_column("all", justify="right", style="bold")
    table.add_column("trend")
    for code, row in rows:
        table.add_row(code, *(_cell(count, hottest) for count in row), str(sum(row)), spark_line(row))
    return table


def spark_line(counts: Sequence[int]) -> str:
    """Draw *counts* as bars from 0 up to their own largest."""
    top = max(*counts, 1)
    return "".join(_SPARKS[-(-count * (len(_SPARKS) - 1) // top)] for count in counts)


def month_name(period: str) -> str:
    """Return `Feb` for `2026-02`."""
    return dt.date.fromisoformat(f"{period}-01").strftime("%b")


def _cell(count: int, hottest: int) -> Text:
    if not count:
        return Text("·", style="dim")
    return Text(f" {count} ", style=_HEAT[-(-count * (len(_HEAT) - 1) // hottest)])
