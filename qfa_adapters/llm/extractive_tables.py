"""Say what changes in the table of codes and periods that `qfa_core.prompts.trend_table` writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from qfa_adapters.llm.extractive_periods import later_half, since
from qfa_adapters.llm.extractive_themes import trend

_MOST_CODES = 8
_ROW = re.compile(r"(.+): (\d{1,9}) in all; (.+)")
_CELL = re.compile(r"(\d{4}\S*) (\d{1,9})(?=, |$)")


def shifts(table: str) -> list[str]:
    """Return a line for each of the first codes: its count, before and after if the periods are several."""
    codes: dict[str, dict[str, int]] = {}
    for row in filter(None, map(_ROW.fullmatch, table.split("\n"))):
        codes[row.group(1)] = {period: int(count) for period, count in _CELL.findall(row.group(3))}
    total = sum((Counter(counts) for counts in codes.values()), Counter[str]())
    later = later_half(total)
    if not later:
        return [f"- {code}: {sum(counts.values())}" for code, counts in list(codes.items())[:_MOST_CODES]]
    share = since(later, total) / sum(total.values())
    return [
        f"Records by code, before {later} and since then",
        *(_line(code, counts, later, share) for code, counts in list(codes.items())[:_MOST_CODES]),
    ]


def _line(code: str, counts: Mapping[str, int], later: str, share: float) -> str:
    after = since(later, counts)
    before = sum(counts.values()) - after
    word = trend(before, after, later_share=share)
    return f"- {code}: {before}, then {after}" + (f" ({word})" if word else "")
