"""What `benchmarks.http` measured, as one table, and what the service promises of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from rich import box
from rich.table import Table

from benchmarks.http_asks import ANALYZE, ASSIGN, HEALTH, SUMMARIZE
from benchmarks.http_measure import SLOW_LATENCY_MS, Figures, Value

_CPU, _SLOW = "CPU time a request", f"p50 with {SLOW_LATENCY_MS} ms a call"
# Section, line, the most that it may be; of throughput the least.
MOST = (
    (_CPU, HEALTH, 0.5),
    (_CPU, SUMMARIZE, 6.0),
    (_CPU, ANALYZE, 25.0),
    ("cold start", "to the first health", 1.5),
    ("cold start", "to the first summarize", 2.5),
    ("resident memory", "after start", 200.0),
    (_SLOW, ASSIGN, 1.1 * 4 * SLOW_LATENCY_MS),
    (_SLOW, SUMMARIZE, 1.1 * 2 * SLOW_LATENCY_MS),
    (_SLOW, ANALYZE, 1.1 * 2 * SLOW_LATENCY_MS),
)
LEAST = (("throughput", f"{SUMMARIZE}, 32 connections", 150.0),)


def table(figures: Figures, labels: Sequence[str]) -> Table:
    """Return a line a measure and a column a candidate: medians over the rounds, and their spread."""
    result = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    result.add_column("measured")
    result.add_column("unit")
    for label in labels:
        result.add_column(label, justify="right", no_wrap=True)
    for section in dict.fromkeys(measure.section for measure in figures.values):
        result.add_section()
        result.add_row(f"[bold]{section}[/bold]")
        for measure, by_candidate in figures.values.items():
            if measure.section == section:
                cells = (cell(by_candidate[label]) if label in by_candidate else "–" for label in labels)
                result.add_row(f"  {measure.name}", measure.unit, *cells)
    return result


def cell(rounds: Sequence[Value]) -> str:
    """Return the medians of a line's values and, of more rounds than one, the spread of the first."""
    medians = " / ".join(_number(median(of_one)) for of_one in zip(*rounds, strict=True))
    if len(rounds) == 1:
        return medians
    first = [value[0] for value in rounds]
    return f"{medians} ({_number(min(first))}–{_number(max(first))})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def targets(figures: Figures, label: str) -> Iterator[str]:
    """Yield a line a promise, met, missed or not measured, for one worker of this service."""
    for section, name, most in MOST:
        value = _median(figures, section, name, label)
        yield _line(f"{section}, {name} ≤ {_number(most)}", value, value is not None and value <= most)
    for section, name, least in LEAST:
        value = _median(figures, section, name, label)
        yield _line(f"{section}, {name} ≥ {_number(least)}", value, value is not None and value >= least)


def _median(figures: Figures, section: str, name: str, label: str) -> float | None:
    rounds = figures.of(section, name).get(label)
    return median(value[0] for value in rounds) if rounds else None


def _line(what: str, value: float | None, is_met: bool) -> str:
    if value is None:
        return f"{what}: not measured"
    return f"{what}: {'met' if is_met else 'MISSED'} ({_number(value)})"
