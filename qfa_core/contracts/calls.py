"""LLM calls for the contracts of usage."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qfa_core.usage import LLMCall

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
INSTANT = dt.timedelta(microseconds=1)
KATHMANDU = dt.timezone(dt.timedelta(hours=5, minutes=45))


def a_call(id: str, **fields: Any) -> LLMCall:  # noqa: A002 - it is the name of the field
    """Return a successful call at noon, alone in its request, but for what *fields* say."""
    usual: dict[str, Any] = {
        "request_id": f"request of {id}",
        "tenant_id": "kenya",
        "operation": "summarize",
        "model": "openai/gpt",
        "started_at": NOON,
        "duration_ms": 100,
    }
    return LLMCall(id=id, **{**usual, **fields})
