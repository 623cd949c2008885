"""
How the service does on a body of ten thousand records, 5 MB: `python -m benchmarks.http_bodies`.

First what the service promises of: decoding, validation and pseudonymisation, in this process. Then whole
requests, the loop watched from inside (`http_probe`), with a token budget that lets the corpus through in one
call. The most memory is what Linux noted (VmHWM).
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import httpx
import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.http_asks import asks, large_ask
from benchmarks.http_lag import HELD_SECONDS, Lag, LagWatch
from benchmarks.http_load import Ask
from benchmarks.provider import provider_running
from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_core.use_cases.readable_records import readable
from qfa_http.memory import give_back_large_blocks
from qfa_http.wire.analyze import AnalyzeBulkRequest
from qfa_http.wire.decoding import decode_request
from tests.acceptance.service import Service, model_at, running

PROBED = ("-m", "uvicorn", "benchmarks.http_probe:app", "--log-level", "warning", "--no-access-log")
ROUNDS = 3
SECONDS = 8.0
TIMES_THE_BODY = 12.0
REQUEST_TIMEOUT_SECONDS = 300.0
BUDGET_TOKENS = 10_000_000
SETTLE_SECONDS = 0.1
BROKEN_FIELD = "region"


class Measured(msgspec.Struct, kw_only=True):
    """One request: *peak_bytes* is what was held beyond what the service holds before any of these."""

    status: int
    seconds: float
    lag: Lag
    peak_bytes: int
    body_bytes: int


def main() -> None:
    """Print a line a request, and whether the promises were kept."""
    sys.setswitchinterval(0.001)  # as qfa_http.main does
    give_back_large_blocks()
    large = large_ask()
    result = Table(box=box.SIMPLE_HEAD)
    for head in ("request", "body MB", "status", "seconds", "loop held ms", f"over {HELD_SECONDS:.2f} s"):
        result.add_column(head, justify="right")
    result.add_column("peak memory, × body", justify="right")
    console = Console(width=110)
    with (
        console.status("measuring"),
        tempfile.TemporaryDirectory() as folder,
        provider_running(0) as provider,
        running(
            Path(folder),
            PROBED,
            LOG_LOGLEVEL="info",
            LLM_MAX_TOTAL_TOKENS=f"{BUDGET_TOKENS}",
            **model_at(provider),
        ) as service,
    ):
        _measure(service, asks()["analyze-bulk"], 0)  # what is loaded at first use is loaded
        rest = _status_bytes(service.process.pid, "VmRSS")
        for _ in range(ROUNDS):
            result.add_row("decoded, pseudonymised", *_cells(asyncio.run(_measure_here(large))))
        for ask in (large, _with_faults(large)):
            for _ in range(ROUNDS):
                result.add_row(ask.name, *_cells(_measure(service, ask, rest)))
    console.print(result)
    console.print(
        f"Promised: {SECONDS:.0f} s, the loop never held for more than {HELD_SECONDS * 1000:.0f} ms, "
        f"memory at most {TIMES_THE_BODY:.0f} times the body."
    )


async def _measure_here(ask: Ask) -> Measured:
    watch, anonymizer, here = LagWatch(), LexiconAnonymizer(), os.getpid()
    await anonymizer.check()
    gc.collect()
    gc.freeze()  # as the service does once it has started (qfa_http.warm)
    watch.take()
    await asyncio.sleep(SETTLE_SECONDS)
    watch.take()
    _forget_peak(here)
    rest = _status_bytes(here, "VmRSS")
    began = time.perf_counter()
    request = await decode_request(ask.body, AnalyzeBulkRequest)
    records = await asyncio.to_thread(readable, request.records)
    await anonymizer.anonymize([record.content for record in records])
    seconds = time.perf_counter() - began
    return Measured(
        status=0,
        seconds=seconds,
        lag=watch.take(),
        peak_bytes=_status_bytes(here, "VmHWM") - rest,
        body_bytes=len(ask.body),
    )


def _with_faults(ask: Ask) -> Ask:
    """Return *ask* with a field that is refused in every record: as many faults as records."""
    body = json.loads(ask.body)
    for record in body["feedback_records"]:
        record["metadata"] = {**record["metadata"], BROKEN_FIELD: "north"}
    return Ask(name=f"{ask.name}, each at fault", path=ask.path, body=msgspec.json.encode(body), status=422)


def _measure(service: Service, ask: Ask, rest: int) -> Measured:
    with service.client() as client:
        client.get("/_probe/lag")
        _forget_peak(service.process.pid)
        began = time.perf_counter()
        response = client.post(ask.path, content=ask.body, timeout=REQUEST_TIMEOUT_SECONDS)
        seconds = time.perf_counter() - began
        peak = _status_bytes(service.process.pid, "VmHWM")
        lag = _lag(client)
    return Measured(
        status=response.status_code,
        seconds=seconds,
        lag=lag,
        peak_bytes=peak - rest,
        body_bytes=len(ask.body),
    )


def _lag(client: httpx.Client) -> Lag:
    return msgspec.json.decode(client.get("/_probe/lag").content, type=Lag)


def _forget_peak(process_id: int) -> None:
    """Let the kernel count the peak anew: https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html."""
    Path(f"/proc/{process_id}/clear_refs").write_text("5")


def _status_bytes(process_id: int, name: str) -> int:
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(kilobytes) * 1024


def _cells(measured: Measured) -> tuple[str, ...]:
    return (
        f"{measured.body_bytes / 1e6:.1f}",
        f"{measured.status or ''}",
        f"{measured.seconds:.2f}",
        f"{measured.lag.longest_seconds * 1000:.0f}",
        f"{measured.lag.held} times",
        f"{measured.peak_bytes / 2**20:.0f} MB, {measured.peak_bytes / measured.body_bytes:.1f}",
    )


if __name__ == "__main__":
    main()
