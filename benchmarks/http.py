"""
How fast this service, or any servers of its HTTP contract, answer: `python -m benchmarks.http --help`.

Without URLs the service is started here, with one worker and with two. Servers given by URL are to ask the
fake provider, in OpenAI's format, at --provider-port, and to know the key: docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from string import ascii_lowercase

import psutil
from rich.console import Console

from benchmarks.http_asks import asks
from benchmarks.http_measure import (
    Figures,
    Tell,
    WrongAnswer,
    measure_cold_starts,
    measure_rounds,
    measure_slow,
    measure_soak,
)
from benchmarks.http_report import table, targets
from benchmarks.http_servers import Candidate, standing_at, started
from benchmarks.provider import provider_running
from tests.acceptance.service import KEY

TABLE_WIDTH = 130
LETTERS = ascii_lowercase[:7]  # --h is a prefix of --help
KEY_VARIABLE = "BENCHMARK_API_KEY"
PROVIDER_PORT = 9_100
SOAK_REQUESTS = 50_000
ONE_WORKER = "one worker"


def main(arguments: argparse.Namespace) -> int:
    """Measure and print the table; return 1 where a server cannot be measured."""
    console = Console()
    console = console if console.width >= TABLE_WIDTH else Console(width=TABLE_WIDTH)
    figures = Figures()
    try:
        with console.status("starting") as status:
            labels = _measure(figures, arguments, status.update)
    except (WrongAnswer, ConnectionError, TimeoutError) as error:
        console.print(f"{error}", style="red", markup=False)
        return 1
    _show(console, figures, labels)
    if arguments.save:
        with Path(arguments.save).open("w", encoding="utf-8") as file:
            _show(Console(file=file, width=TABLE_WIDTH), figures, labels)
    return 0


def _show(console: Console, figures: Figures, labels: Sequence[str]) -> None:
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    machine = f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}"
    console.print(f"{machine}; load average at the end {load}; medians over the rounds (spread).")
    console.print(table(figures, labels))
    if ONE_WORKER in labels:
        for line in targets(figures, ONE_WORKER):
            console.print(line, highlight=False)


def _measure(figures: Figures, arguments: argparse.Namespace, tell: Tell) -> list[str]:
    wanted = asks()
    urls = {letter: url for letter in LETTERS if (url := getattr(arguments, letter))}
    with (
        provider_running(0, arguments.provider_port if urls else None) as provider,
        _candidates(urls, arguments.key, provider) as candidates,
    ):
        if not urls:
            measure_cold_starts(candidates[0], provider, wanted, figures, tell)
        measure_rounds(candidates, wanted, figures, rounds=arguments.rounds, tell=tell)
        slow_rounds = min(3, arguments.rounds)
        measure_slow(candidates, wanted, figures, provider=provider, rounds=slow_rounds, tell=tell)
        soaked = candidates if urls else candidates[:1]  # the other is the same service once more
        for candidate in soaked if arguments.soak else ():
            measure_soak(candidate, wanted, figures, requests=arguments.soak, tell=tell)
        return [candidate.label for candidate in candidates]


@contextmanager
def _candidates(urls: dict[str, str], key: str, provider: str) -> Iterator[list[Candidate]]:
    if urls:
        yield [standing_at(f"{letter}: {url}", url, key) for letter, url in urls.items()]
        return
    with ExitStack() as stack:
        yield [
            stack.enter_context(started(label, provider, workers=workers))
            for label, workers in ((ONE_WORKER, 1), ("two workers", 2))
        ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.http", description=__doc__)
    for letter in LETTERS:
        parser.add_argument(
            f"--{letter}", metavar="URL", help=argparse.SUPPRESS if letter > "b" else "a server"
        )
    parser.add_argument(
        "--key",
        default=os.environ.get(KEY_VARIABLE, KEY),
        help=f"a key that the servers given by URL know; better in {KEY_VARIABLE}",
    )
    parser.add_argument(
        "--provider-port", type=int, default=PROVIDER_PORT, help="where servers given by URL find the model"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--soak",
        type=int,
        default=SOAK_REQUESTS,
        help="requests after which memory must be as before; 0: none",
    )
    parser.add_argument("--save", metavar="FILE", help="write the table to a file as well")
    return parser.parse_args()


if __name__ == "__main__":
    # As on Ctrl-C, what was started is ended before we go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sys.exit(main(_arguments()))
    except KeyboardInterrupt:
        sys.exit(130)
