"""
A process that records calls until it is killed: `python -m tests.adapters.buffer.recorder FOLDER`.

Its store is away. Each call's id goes to stdout right after it was recorded.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from qfa_adapters.buffer.journal import UsageJournal
from qfa_adapters.buffer.usage_store import BufferedUsageStore
from qfa_core.fakes.in_memory_usage_store import InMemoryUsageStore
from tests.adapters.sql.calls import a_call


async def _record_for_ever(folder: Path) -> None:
    store = InMemoryUsageStore()
    store.available = False
    async with BufferedUsageStore(store, journal=UsageJournal(folder)) as buffer:
        while True:
            for _ in range(20):
                call = a_call()
                await buffer.record([call])
                sys.stdout.write(f"{call.id}\n")
            sys.stdout.flush()
            await asyncio.sleep(0.001)


if __name__ == "__main__":
    asyncio.run(_record_for_ever(Path(sys.argv[1])))
