"""LLM calls for tests, and a look at totals that forgives the last digits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from qfa_core.usage import LLMCall, UsageTotals

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
_NEXT = iter(range(1_000_000))


def a_call(**fields: Any) -> LLMCall:
    """Return a successful call, alone in its request, but for what *fields* say."""
    number = next(_NEXT)
    usual: dict[str, Any] = {
        "id": f"call-{number}",
        "request_id": f"request-{number}",
        "tenant_id": "kenya",
        "operation": "summarize",
        "model": "openai/gpt",
        "started_at": NOON,
        "duration_ms": 100,
    }
    return LLMCall(**{**usual, **fields})


def figures(totals: Sequence[UsageTotals]) -> dict[str, float]:
    """Return every figure under a path such as `kenya/None/requests/total_calls`, for pytest.approx."""
    return {
        f"{group.tenant_id}/{group.operation}/{path}": value
        for group in totals
        for level in ("requests", "llm_calls")
        for path, value in _leaves(level, msgspec.to_builtins(getattr(group, level)))
    }


def _leaves(path: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(f"{path}/{name}", part)
    else:
        yield path, value
