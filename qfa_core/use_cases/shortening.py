"""Cutting what a model wrote, or is to read, to a bearable length."""

from __future__ import annotations

from qfa_core.budget import TokenBudget
from qfa_core.chunking import split_text
from qfa_core.scripts import weight


def shortened(text: str, max_tokens: int, budget: TokenBudget) -> str:
    """Return *text*, cut at a sentence end with a sign of it where it takes more than *max_tokens*."""
    if budget.tokens(text) <= max_tokens:
        return text
    limit = max(1.0, max_tokens * budget.chars_per_token - 4)
    return f"{split_text(text, limit=limit, weight=weight)[0].rstrip()} […]"
