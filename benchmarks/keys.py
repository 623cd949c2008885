"""
How long finding an API key takes in the embedded store: `python -m benchmarks.keys`.

Known and unknown keys are looked up there; what a caller meets is the third: a key that was found lately.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.engine import embedded_engine
from qfa_adapters.sql.key_store import SQLKeyStore, SQLTenantStore
from qfa_adapters.sql.tables import api_keys
from qfa_core.tenancy import ApiKey, Tenant, digest_of
from qfa_core.use_cases.authenticate import Authenticate, KnownKeys
from qfa_http.migrate import upgrade

KEYS_STORED = (100, 100_000)
LOOKUPS = 2_000
TENANT = Tenant(id="tenant", name="tenant")


async def main() -> None:
    """Print a line a size of the store: found and unknown keys, in milliseconds."""
    print(f"{'keys stored':>12} {'key':>12} {'median ms':>10} {'p99 ms':>8}")
    for stored in KEYS_STORED:
        with tempfile.TemporaryDirectory() as folder:
            engine = embedded_engine(Path(folder) / "qfa.sqlite3")
            secret, known = await _fill(engine, stored)
            store = SQLKeyStore(engine)
            authenticate = Authenticate([store], KnownKeys(time.monotonic))
            await authenticate(secret)
            for kind, find, wanted in (
                ("known", store.find, known),
                ("unknown", store.find, [_new_digest() for _ in range(LOOKUPS)]),
                ("found lately", authenticate, [secret] * LOOKUPS),
            ):
                median, p99 = await _measure(find, wanted)
                print(f"{stored:>12,} {kind:>12} {median:>10.3f} {p99:>8.3f}")
            await engine.dispose()


async def _fill(engine: AsyncEngine, count: int) -> tuple[str, list[str]]:
    """Store *count* keys and return one of them, and the digests to look for."""
    await upgrade(engine)
    await SQLTenantStore(engine).add(TENANT)
    secret = secrets.token_urlsafe(32)
    digests = [digest_of(secret), *(_new_digest() for _ in range(count - 1))]
    rows = [
        {"id": f"key-{n}", "tenant_id": TENANT.id, "name": "key", "digest": digest, "is_superuser": False}
        for n, digest in enumerate(digests)
    ]
    async with engine.begin() as connection:
        await connection.execute(insert(api_keys), rows)
    return secret, [secrets.choice(digests) for _ in range(LOOKUPS)]


def _new_digest() -> str:
    return digest_of(secrets.token_urlsafe(32))


async def _measure(find: Callable[[str], Awaitable[ApiKey | None]], wanted: list[str]) -> tuple[float, float]:
    """Return the median and the 99th percentile of looking for each of *wanted*, in milliseconds."""
    seconds = []
    for one in wanted:
        started = time.perf_counter()
        await find(one)
        seconds.append(time.perf_counter() - started)
    ordered = sorted(seconds)
    return 1000 * ordered[len(ordered) // 2], 1000 * ordered[len(ordered) * 99 // 100]


if __name__ == "__main__":
    asyncio.run(main())
