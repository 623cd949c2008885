"""
Work off requests that lie in a folder, and keep account of what each tenant used.

    mkdir -p inbox/kenya
    echo '{"record": {"id": "1", "content": "The well is dry."}}' > inbox/kenya/1.summarize.json
    python usage_worker.py inbox outbox usage.sqlite3

A request is a file `inbox/<tenant>/<name>.<kind>.json`, and its answer `outbox/<tenant>/<name>.<kind>.json`.
Any number of workers may run: each takes a file by renaming it. What one that was killed had taken
stays in the inbox as `….taken`: rename it back, and it is done again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlite_usage_store import SqliteUsageStore

from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.llm.extractive import ExtractiveLLMClient
from qfa_core import (
    AnalyzeRequest,
    Ask,
    AssignCodesRequest,
    DetectSensitiveRequest,
    QFAError,
    RecordingLLMClient,
    ReportUsage,
    SummarizeCorpusRequest,
    SummarizeRequest,
    UsageStore,
)

KINDS = {
    ".analyze": AnalyzeRequest,
    ".assign-codes": AssignCodesRequest,
    ".detect-sensitive": DetectSensitiveRequest,
    ".summarize": SummarizeRequest,
    ".summarize-corpus": SummarizeCorpusRequest,
}


def taken_from(inbox: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each request as its place in the inbox and the file that is now ours alone."""
    for path in sorted(inbox.glob("*/*.json")):
        taken = path.with_suffix(".taken")
        try:
            path.rename(taken)
        except FileNotFoundError:
            continue  # another worker was quicker
        yield path.relative_to(inbox), taken


async def answer_to(body: bytes, place: Path, ask: Ask) -> object:
    """Return the answer to the request that lay at *place*, or why there is none."""
    kind = KINDS.get(Path(place.stem).suffix)
    if kind is None:
        return {"failure": f"The kind is none of {', '.join(KINDS)}."}
    try:
        return await ask(msgspec.json.decode(body, type=kind), tenant_id=place.parts[0])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {"failure": "The file holds no request of this kind."}
    except QFAError as error:
        return {"failure": str(error)}


async def work_off(inbox: Path, outbox: Path, ask: Ask) -> None:
    """Answer all requests that are there, one after the other; what is answered is gone from the inbox."""
    for place, taken in taken_from(inbox):
        answer = await answer_to(taken.read_bytes(), place, ask)
        target = outbox / place
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".unfinished")
        unfinished.write_bytes(msgspec.json.encode(answer))
        unfinished.rename(target)  # whoever waits for it sees all of it or nothing
        taken.unlink()


async def report(store: UsageStore) -> str:
    """Return a line a tenant: requests, LLM calls, dollars."""
    usage = await ReportUsage(store).by_tenant(None, None)
    return "".join(
        f"{group.totals.tenant_id}: requests {group.totals.requests.total_calls},"
        f" calls {group.totals.llm_calls.total_calls}, ${group.totals.llm_calls.total_cost_usd:.2f}\n"
        for group in usage.groups
    )


async def main(inbox: Path, outbox: Path, usage: Path) -> None:
    """Work off the inbox once; run it from cron, or in a loop."""
    store = SqliteUsageStore(usage)
    llm = RecordingLLMClient(
        ExtractiveLLMClient(),
        store,
        clock=time.monotonic,
        now=lambda: dt.datetime.now(dt.UTC),
        new_id=lambda: str(uuid.uuid4()),
    )
    await work_off(inbox, outbox, Ask(llm, LexiconAnonymizer()))
    sys.stdout.write(await report(store))


if __name__ == "__main__":
    asyncio.run(main(*map(Path, sys.argv[1:4])))
