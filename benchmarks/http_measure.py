"""The rounds of `benchmarks.http`: every candidate in turn, again and again, in the same weather."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from benchmarks.http_asks import ANALYZE, ASSIGN, DETECT, HEALTH, SUMMARIZE, SUMMARIZE_BULK
from benchmarks.http_load import Answers, Ask, ask
from benchmarks.http_servers import Candidate, cold_start_seconds
from benchmarks.provider import set_latency

CONNECTIONS = (1, 8, 32, 128)
THROUGHPUT_OF = (SUMMARIZE, HEALTH)
SLOW_LATENCY_MS = 500
SLOW_OF = (SUMMARIZE, DETECT, ASSIGN, ANALYZE, SUMMARIZE_BULK)
SOAK_STEPS = 10
SOAK_SHOWN = (1, 5, 10)
COLD_STARTS = 5
_SEQUENTIAL = {HEALTH: 500, ANALYZE: 20, SUMMARIZE_BULK: 20}
_SEQUENTIAL_OTHERS = 60
_SOAK_CONNECTIONS = 32


class Measure(msgspec.Struct, frozen=True):
    """A line of the table: what was measured, in which unit."""

    section: str
    name: str
    unit: str


Value = tuple[float, ...]  # what stands in one cell: p50, p95 and p99, or a single figure
Tell = Callable[[str], None]


class Figures:
    """What was measured, a value a round: by measure in the order of the first, then by candidate."""

    def __init__(self) -> None:
        self.values: dict[Measure, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))

    def note(self, section: str, name: str, unit: str, candidate: Candidate, *value: float) -> None:
        """Note the *value* of one round."""
        self.values[Measure(section, name, unit)][candidate.label].append(value)

    def of(self, section: str, name: str) -> Mapping[str, Sequence[Value]]:
        """Return the rounds by candidate; nothing where it was not measured."""
        for measure, values in self.values.items():
            if (measure.section, measure.name) == (section, name):
                return values
        return {}


class WrongAnswer(Exception):
    """A server answered otherwise than it was asked to: what it takes for that says nothing."""


def measure_rounds(
    candidates: Sequence[Candidate], asks: Mapping[str, Ask], figures: Figures, *, rounds: int, tell: Tell
) -> None:
    """Warm every candidate up, then measure them in turn, so many rounds, without latency of the model."""
    for candidate in candidates:
        _note_memory(figures, candidate, "after start")
        for one in asks.values():
            tell(f"{candidate.label}: warming up, {one.name}")
            _asked(candidate, one, count=10, connections=2)
    for number in range(1, rounds + 1):
        for candidate in _in_turn(candidates, number):
            tell(f"round {number} of {rounds}: {candidate.label}")
            _measure_sequential(candidate, asks, figures)
            _measure_throughput(candidate, asks, figures)
    for candidate in candidates:
        _note_memory(figures, candidate, "after load")


def measure_slow(
    candidates: Sequence[Candidate],
    asks: Mapping[str, Ask],
    figures: Figures,
    *,
    provider: str,
    rounds: int,
    tell: Tell,
) -> None:
    """Measure how long answers take where every call to the model takes half a second."""
    set_latency(provider, SLOW_LATENCY_MS)
    for number in range(1, rounds + 1):
        for candidate in _in_turn(candidates, number):
            tell(f"{SLOW_LATENCY_MS} ms a call, round {number} of {rounds}: {candidate.label}")
            for name in SLOW_OF:
                answers = _asked(candidate, asks[name], count=2)
                section = f"p50 with {SLOW_LATENCY_MS} ms a call"
                figures.note(section, name, "ms", candidate, answers.ms(0.5))
    set_latency(provider, 0)


def measure_soak(
    candidate: Candidate, asks: Mapping[str, Ask], figures: Figures, *, requests: int, tell: Tell
) -> None:
    """Ask so many requests, small ones of three endpoints in turn, and look at the memory meanwhile."""
    written_out = [candidate.written_out(asks[name]) for name in (SUMMARIZE, DETECT, HEALTH)]
    for step in range(1, SOAK_STEPS + 1):
        tell(f"{candidate.label}: {requests:,} requests, {step - 1} of {SOAK_STEPS}")
        answers = ask(candidate.url, written_out, connections=_SOAK_CONNECTIONS, count=requests // SOAK_STEPS)
        _require(answers, candidate, "the soak", 200)
        if step in SOAK_SHOWN:
            _note_memory(figures, candidate, f"after {requests * step // SOAK_STEPS:,} requests more")


def measure_cold_starts(
    candidate: Candidate, provider: str, asks: Mapping[str, Ask], figures: Figures, tell: Tell
) -> None:
    """Start the service anew, again and again; what *candidate* does meanwhile is nothing."""
    for number in range(1, COLD_STARTS + 1):
        tell(f"cold start {number} of {COLD_STARTS}")
        healthy, summarized = cold_start_seconds(provider, asks[SUMMARIZE])
        figures.note("cold start", "to the first health", "s", candidate, healthy)
        figures.note("cold start", "to the first summarize", "s", candidate, summarized)


def _measure_sequential(candidate: Candidate, asks: Mapping[str, Ask], figures: Figures) -> None:
    for name, one in asks.items():
        count = _SEQUENTIAL.get(name, _SEQUENTIAL_OTHERS)
        before = candidate.cpu_seconds()
        answers = _asked(candidate, one, count=count)
        after = candidate.cpu_seconds()
        quantiles = (answers.ms(share) for share in (0.5, 0.95, 0.99))
        figures.note("one after the other, p50 / p95 / p99", name, "ms", candidate, *quantiles)
        if before is not None and after is not None:
            figures.note("CPU time a request", name, "ms", candidate, 1000 * (after - before) / count)


def _measure_throughput(candidate: Candidate, asks: Mapping[str, Ask], figures: Figures) -> None:
    for name in THROUGHPUT_OF:
        for connections in CONNECTIONS:
            before = candidate.cpu_seconds()
            answers = _asked(candidate, asks[name], connections=connections, seconds=2.0)
            after = candidate.cpu_seconds()
            row = f"{name}, {connections} connections"
            figures.note("throughput", row, "requests/s", candidate, answers.per_second)
            if before is not None and after is not None:
                milliseconds = 1000 * (after - before) / len(answers.seconds)
                figures.note("CPU time a request under load", row, "ms", candidate, milliseconds)


def _note_memory(figures: Figures, candidate: Candidate, when: str) -> None:
    resident = candidate.resident_mb()
    if resident is not None:
        figures.note("resident memory", when, "MB", candidate, resident)


def _asked(
    candidate: Candidate,
    one: Ask,
    *,
    connections: int = 1,
    count: int | None = None,
    seconds: float | None = None,
) -> Answers:
    answers = ask(
        candidate.url, [candidate.written_out(one)], connections=connections, count=count, seconds=seconds
    )
    _require(answers, candidate, one.name, one.status)
    return answers


def _require(answers: Answers, candidate: Candidate, name: str, status: int) -> None:
    if answers.others_than(status):
        raise WrongAnswer(f"{candidate.label} answered {name} with {dict(answers.statuses)}")


def _in_turn(candidates: Sequence[Candidate], number: int) -> Iterator[Candidate]:
    """Yield all, each round beginning with another."""
    first = number % len(candidates)
    yield from islice((*candidates, *candidates), first, first + len(candidates))
