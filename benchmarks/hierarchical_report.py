"""What `benchmarks.hierarchical` measured, and how it is shown."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from rich import box
from rich.table import Table

from benchmarks.provider import Call

PHASES = ("pseudonymise", "embed", "cluster", "chunk", "map", "reduce", "judge")
LEDGER = ("analysed", "blank", "duplicate", "filtered", "failed")
WALL_TARGETS = {5_000: 60.0, 20_000: 240.0}
MEMORY_TARGET = (100_000, 2 * 2**30)
HEALTH_TARGET_MS = 100.0
GROWTH_FROM = 5_000
MEASURABLE_SECONDS = 0.01

_LOGGER = "qfa.analyze"
_TOOK = re.compile(r"phase (\S+) took ([\d.]+) s")


class Measured(msgspec.Struct, kw_only=True):
    """One request: *phases* in seconds, *peak_…* in bytes, *health_ms* at p50, p99 and the slowest."""

    records: int
    body_bytes: int
    wall_seconds: float
    phases: dict[str, float]
    calls: list[Call]
    peak_main: int
    peak_all: int
    health_ms: tuple[float, float, float]
    health_failures: int
    ledger: dict[str, int] | None

    @property
    def most_at_once(self) -> int:
        """How many LLM calls were under way at one time, at most."""
        steps = [(call.started_at, 1) for call in self.calls] + [(call.ended_at, -1) for call in self.calls]
        now = most = 0
        for _, step in sorted(steps):
            now += step
            most = max(most, now)
        return most

    @property
    def rounds(self) -> int:
        """
        How many LLM calls came one after the other: no fewer than the rounds of the critical path.

        The most calls that are pairwise disjoint, which taking the one that ends first each time finds.
        """
        rounds, free_at = 0, -math.inf
        for call in sorted(self.calls, key=lambda call: call.ended_at):
            if call.started_at >= free_at:
                rounds, free_at = rounds + 1, call.ended_at
        return rounds

    @property
    def ledger_verdict(self) -> str:
        """Whether every record that was sent is accounted for once."""
        if self.ledger is None:
            return "none"
        counted = sum(self.ledger.get(name, 0) for name in LEDGER)
        return "adds up" if counted == self.ledger.get("received") == self.records else "DOES NOT ADD UP"


def phases_in(log: str) -> dict[str, float]:
    """Add up the seconds a phase from the lines of a log; what is no line of ours is passed over."""
    phases: dict[str, float] = {}
    for line in log.splitlines():
        phase, seconds = _phase_of(line)
        if phase:
            phases[phase] = phases.get(phase, 0.0) + seconds
    return phases


def _phase_of(line: str) -> tuple[str, float]:
    try:
        facts = json.loads(line)
    except ValueError:
        return "", 0.0
    if not isinstance(facts, dict) or facts.get("logger") != _LOGGER:
        return "", 0.0
    told = _TOOK.search(str(facts.get("message", "")))  # rounded: the facts beside it are better
    phase = facts.get("phase", told and told[1])
    seconds = facts.get("seconds", told and told[2])
    return (str(phase), float(seconds)) if phase and seconds is not None else ("", 0.0)


def table(measurements: Sequence[Measured]) -> Table:
    """Return a row a size; phases that nobody told us of stand behind those we know."""
    seen = dict.fromkeys(phase for measured in measurements for phase in measured.phases)
    phases = list(dict.fromkeys((*PHASES, *seen)))
    heads = ("records", "wall s", *phases, "LLM\ncalls", "at\nonce", "rounds", "peak MB\nmain / all")
    heads += ("health ms\np50 / p99 / max", "ledger")
    result = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for head in heads:
        result.add_column(head, justify="right", no_wrap=True)
    for measured in measurements:
        result.add_row(*_cells(measured, phases))
    return result


def _cells(measured: Measured, phases: Sequence[str]) -> Iterator[str]:
    yield f"{measured.records:,}"
    yield f"{measured.wall_seconds:.1f}"
    for phase in phases:
        yield f"{measured.phases[phase]:.2f}" if phase in measured.phases else "–"
    yield f"{len(measured.calls):,}"
    yield f"{measured.most_at_once}"
    yield f"{measured.rounds}"
    yield f"{measured.peak_main / 2**20:,.0f} / {measured.peak_all / 2**20:,.0f}"
    yield " / ".join(f"{ms:,.0f}" for ms in measured.health_ms)
    yield measured.ledger_verdict


def notes(measurements: Sequence[Measured]) -> Iterator[str]:
    """Yield a line a size, of what the table has no room for."""
    for measured in measurements:
        tasks = Counter(call.task or "prose" for call in measured.calls)
        parts = [
            f"body {measured.body_bytes / 2**20:.1f} MB",
            f"LLM input {sum(call.characters for call in measured.calls):,} characters",
            "calls: " + (", ".join(f"{count:,} {task}" for task, count in tasks.most_common()) or "none"),
        ]
        if measured.ledger is not None:
            parts.append(
                "ledger: " + ", ".join(f"{count:,} {name}" for name, count in measured.ledger.items())
            )
        if measured.health_failures:
            parts.append(f"health failed {measured.health_failures} times")
        yield f"{measured.records:,} records: {'; '.join(parts)}."


def growth(measurements: Sequence[Measured]) -> str:
    """Say how cost grows from the first size of 5,000 or more to the last, against n·log n."""
    sizes = sorted((m for m in measurements if m.records >= GROWTH_FROM), key=lambda m: m.records)
    if len(sizes) < 2 or sizes[0].records == sizes[-1].records:
        return f"Growth: not measured, which takes two sizes of {GROWTH_FROM:,} or more."
    small, large = sizes[0], sizes[-1]
    few, many = small.records, large.records
    allowed = many * math.log(many) / (few * math.log(few))

    def grown(name: str, before: float, after: float) -> str:
        return f"{name} × {after / before:.1f} (n^{math.log(after / before, many / few):.2f})"

    phases = [
        grown(phase, seconds, large.phases[phase])
        for phase, seconds in small.phases.items()
        if min(seconds, large.phases.get(phase, 0.0)) >= MEASURABLE_SECONDS
    ]
    return (
        f"Growth from {few:,} to {many:,} records, where n·log n is × {allowed:.1f}: "
        + ", ".join([grown("wall", small.wall_seconds, large.wall_seconds), *phases])
        + "."
    )


def targets(measurements: Sequence[Measured]) -> Iterator[str]:
    """Yield a line a target: met, missed or not measured."""
    by_size = {measured.records: measured for measured in measurements}
    for size, limit in WALL_TARGETS.items():
        measured = by_size.get(size)
        yield _target(f"{size:,} records", measured and measured.wall_seconds, limit, "s")
    size, most = MEMORY_TARGET
    large = by_size.get(size)
    yield _target(f"memory at {size:,} records", large and large.peak_all / 2**20, most / 2**20, "MB")
    slowest: Any = max((measured.health_ms[1] for measured in measurements), default=None)
    yield _target("health p99 at any size", slowest, HEALTH_TARGET_MS, "ms")


def _target(what: str, value: float | None, limit: float, unit: str) -> str:
    if value is None:
        return f"{what} ≤ {limit:,.0f} {unit}: not measured"
    return f"{what} ≤ {limit:,.0f} {unit}: {'met' if value <= limit else 'MISSED'} ({value:,.1f} {unit})"
