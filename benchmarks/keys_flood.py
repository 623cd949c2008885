"""
What a flood of wrong keys does to those who hold a right one: `python -m benchmarks.keys_flood`.

The service runs on an embedded store of 100,000 keys. A flood of right keys stands beside it: whatever it is
of, a flood takes its share of the one event loop.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import sample
from secrets import token_urlsafe

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from benchmarks.http_load import Answers, Ask, ask
from qfa_adapters.sql.engine import embedded_engine
from qfa_adapters.sql.key_store import SQLTenantStore
from qfa_adapters.sql.tables import api_keys
from qfa_core.tenancy import Tenant, digest_of
from qfa_http.migrate import upgrade
from tests.acceptance.service import running

STORED = 100_000
FLOODS = (0, 4, 16)
REQUESTS = 400
WRONG_KEYS = 5_000
TENANT = Tenant(id="tenant", name="tenant")
# Nothing to summarise: a request that is authenticated, decoded and answered, and asks nobody.
BLANK = Ask(
    name="blank",
    path="/v1/summarize",
    body=msgspec.json.encode({"feedback_record": {"id": "1", "content": ""}}),
)


def main() -> None:
    """Print how long a right key's requests take, alone and amid floods of several kinds."""
    result = Table(box=box.SIMPLE_HEAD)
    for head in ("flood", "connections", "of it, answers/s", "a right key: p50 ms", "p99 ms"):
        result.add_column(head, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        keys = asyncio.run(_filled(Path(folder) / "data" / "qfa.sqlite3"))
        with running(Path(folder), LOG_LOGLEVEL="warning", LLM_MODEL="local/extractive") as service:
            right = [BLANK.written_out(service.url, key) for key in sample(keys, WRONG_KEYS)]
            wrong = [BLANK.written_out(service.url, token_urlsafe(32)) for _ in range(WRONG_KEYS)]
            one = [BLANK.written_out(service.url, keys[0])]
            ask(service.url, one, count=20)
            for name, flood in (("none", one), ("wrong keys", wrong), ("right keys, none twice", right)):
                for connections in FLOODS:
                    if (name == "none") == (connections == 0):
                        answers, flooded = _amid(service.url, one, flood, connections)
                        figures = (f"{answers.ms(share):.2f}" for share in (0.5, 0.99))
                        result.add_row(name, f"{connections}", f"{flooded:,.0f}", *figures)
    Console(width=110).print(result)


async def _filled(file: Path) -> list[str]:
    """Make an embedded store of many keys, and return some that are in it."""
    engine = embedded_engine(file)
    await upgrade(engine)
    await SQLTenantStore(engine).add(TENANT)
    keys = [token_urlsafe(32) for _ in range(STORED)]
    rows = [
        {
            "id": f"key-{n}",
            "tenant_id": TENANT.id,
            "name": "key",
            "digest": digest_of(key),
            "is_superuser": False,
        }
        for n, key in enumerate(keys)
    ]
    async with engine.begin() as connection:
        await connection.execute(insert(api_keys), rows)
    await engine.dispose()
    return keys


def _amid(
    url: str, requests: Sequence[bytes], flood: Sequence[bytes], connections: int
) -> tuple[Answers, float]:
    with _flooding(url, flood, connections) as flooded:
        answers = ask(url, requests, count=REQUESTS)
    if answers.others_than(BLANK.status):
        raise RuntimeError(f"a right key was answered with {dict(answers.statuses)}")
    return answers, sum(one.per_second for one in flooded)


@contextmanager
def _flooding(url: str, requests: Sequence[bytes], connections: int) -> Iterator[list[Answers]]:
    """Ask *requests* from a thread without a pause until the block ends; what came back is given then."""
    flooded: list[Answers] = []
    stopping = threading.Event()

    def flood() -> None:
        while not stopping.is_set():
            flooded[:] = [ask(url, requests, connections=connections, seconds=1.0)]

    thread = threading.Thread(target=flood)
    if connections:
        thread.start()
    try:
        yield flooded
    finally:
        stopping.set()
        if connections:
            thread.join()


if __name__ == "__main__":
    main()
