"""Coding trends as a table that a language model reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from qfa_core.insights import CodingTrends

_MOST_CODES = 40
_MOST_CODE_CHARACTERS = 100


def trend_table(trends: CodingTrends, fits: Callable[[str], bool]) -> str:
    """
    Return a line a code: its total and its count in each period that has any, the most frequent codes first.

    At most 40 codes, and no more than fit; the last line says how many were left out.
    """
    counts: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for cell in trends.cells:
        counts[cell.code].append((cell.period, cell.count))
    codes = sorted(counts, key=lambda code: (-_total(counts[code]), code))
    lines = [f"periods: {trends.periods[0]} to {trends.periods[-1]}"]
    if trends.withheld_cells:
        lines[0] += "; small counts are withheld, and missing from the totals"
    for code in codes[:_MOST_CODES]:
        line = _line(code, counts[code])
        if not fits("\n".join((*lines, line))):
            break
        lines.append(line)
    left_out = len(codes) - (len(lines) - 1)
    return "\n".join((*lines, f"({left_out} less frequent codes are left out)") if left_out else lines)


def _line(code: str, counts: list[tuple[str, int]]) -> str:
    by_period = ", ".join(f"{period} {count}" for period, count in counts)
    return f"{code[:_MOST_CODE_CHARACTERS]}: {_total(counts)} in all; {by_period}"


def _total(counts: list[tuple[str, int]]) -> int:
    return sum(count for _, count in counts)
