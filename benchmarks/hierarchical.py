"""
How `POST /v1/analyze-bulk` does on great corpora: `python -m benchmarks.hierarchical --help`.

Each size is asked of a fresh service, so what is loaded on first use is measured with it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.feedback_corpus import feedback_records
from benchmarks.hierarchical_report import Measured, growth, notes, phases_in, table, targets
from benchmarks.provider import calls_at, provider_running
from benchmarks.watch import watching
from tests.acceptance.service import KEY, Service, model_at, running

SIZES = (1_000, 5_000, 20_000, 100_000)
LATENCY_MS = 200
QUESTION = "What do people need most, what worries them, and what has changed over the year?"
REQUEST_TIMEOUT_SECONDS = 900.0
TABLE_WIDTH = 190
LOG_LINES_SHOWN = 5


class RequestFailed(Exception):
    """The service answered with an error, or not at all."""


def main(arguments: argparse.Namespace) -> int:
    """Measure each size and print what was found; return 1 once a request fails, which is the last then."""
    console = Console()
    console = console if console.width >= TABLE_WIDTH else Console(width=TABLE_WIDTH)
    measurements: list[Measured] = []
    failure = ""
    try:
        for size in arguments.sizes:
            with _progress(console, f"{size:,} records"):
                measurements.append(_measure(size, arguments))
    except RequestFailed as error:
        failure = f"{size:,} records: {error}"
    if measurements:
        console.print(table(measurements))
        for line in (*notes(measurements), growth(measurements), *targets(measurements)):
            console.print(line, soft_wrap=True, highlight=False)
    if failure:
        console.print(failure, style="red", soft_wrap=True, highlight=False, markup=False)
    return 1 if failure else 0


@contextmanager
def _progress(console: Console, what: str) -> Iterator[None]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(what, total=None)
        yield


def _measure(size: int, arguments: argparse.Namespace) -> Measured:
    body = _body(size, arguments.mode)
    with (
        tempfile.TemporaryDirectory() as folder,
        provider_running(arguments.latency_ms) as provider,
        running(Path(folder), **_settings(provider, arguments.setting)) as service,
    ):
        started = time.perf_counter()
        with watching(service) as watched:
            answer = _ask(service, body)
            wall_seconds = time.perf_counter() - started
        return Measured(
            records=size,
            body_bytes=len(body),
            wall_seconds=wall_seconds,
            phases=phases_in(service.log()),
            calls=calls_at(provider),
            peak_main=watched.peak_main,
            peak_all=watched.peak_all,
            health_ms=(watched.health_ms(0.5), watched.health_ms(0.99), watched.health_ms(1)),
            health_failures=watched.health_failures,
            ledger=answer.get("record_ledger"),
        )


def _body(size: int, mode: str) -> bytes:
    records = list(feedback_records(size))
    return msgspec.json.encode({"feedback_records": records, "prompt": QUESTION, "mode": mode})


def _settings(provider: str, settings: list[str]) -> dict[str, str]:
    chosen = dict(setting.split("=", 1) for setting in settings)
    return {"LOG_LOGLEVEL": "info", "LOG_FORMAT": "json", **model_at(provider), **chosen}


def _ask(service: Service, body: bytes) -> dict[str, Any]:
    """Send *body* as it is: encoding or copying it meanwhile would make health look slow."""
    connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=REQUEST_TIMEOUT_SECONDS)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/v1/analyze-bulk", body, headers)
        response = connection.getresponse()
        said = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise RequestFailed(f"no answer ({type(error).__name__})\n{_last_words(service)}") from error
    finally:
        connection.close()
    if response.status != 200:
        raise RequestFailed(
            f"{response.status} {said[:500].decode(errors='replace')}\n{_last_words(service)}"
        )
    answer: dict[str, Any] = json.loads(said)
    return answer


def _last_words(service: Service) -> str:
    lines = [line for line in service.log().splitlines() if "/v1/health" not in line]
    return "\n".join(lines[-LOG_LINES_SHOWN:])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.hierarchical", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="numbers of records, with commas between")
    parser.add_argument(
        "--latency-ms", type=int, default=LATENCY_MS, help="how long the language model takes for a call"
    )
    parser.add_argument("--mode", choices=("hierarchical", "single_pass"), default="hierarchical")
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of the service; may be given more than once",
    )
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.split(","))


if __name__ == "__main__":
    # As on Ctrl-C, what was started is ended before we go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sys.exit(main(_arguments()))
    except KeyboardInterrupt:
        sys.exit(130)
