"""
What tokens cost.

List prices in USD per million tokens for standard calls, as of 23 November 2026, read from
https://developers.openai.com/api/docs/pricing (Azure's global deployments cost the same),
https://platform.claude.com/docs/en/about-claude/pricing and https://mistral.ai/pricing,
or from what others published of these pages. They take no account of cached input (cheaper), of very long
prompts (newer OpenAI models cost more from 272,000 tokens on), or of anybody's contract, for which there is
LLM_PRICES_FILE.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

_TOKENS = 1_000_000

_Amount = Annotated[float, msgspec.Meta(ge=0)]


class PricesFileError(ValueError):
    """The file of LLM_PRICES_FILE cannot be used; the *issue* names the entry, never what stands there."""

    setting = "LLM_PRICES_FILE"

    def __init__(self, issue: str) -> None:
        super().__init__(f"{self.setting} {issue}")
        self.issue = issue


class Price(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a million tokens cost."""

    input_usd_per_million: _Amount
    output_usd_per_million: _Amount

    def cost_usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return what one call costs."""
        total = input_tokens * self.input_usd_per_million + output_tokens * self.output_usd_per_million
        return total / _TOKENS


def _price(input_usd: float, output_usd: float) -> Price:
    return Price(input_usd_per_million=input_usd, output_usd_per_million=output_usd)


PRICES: Mapping[str, Price] = {
    "gpt-6-astra": _price(10, 50),
    "gpt-6-sol": _price(2, 10),
    "gpt-6-luna": _price(0.1, 0.5),
    "gpt-5.6-sol": _price(5, 30),
    "gpt-5.6-terra": _price(2, 12),
    "gpt-5.6-luna": _price(0.2, 1.2),
    "gpt-5.5": _price(5, 30),
    "gpt-5.4": _price(2.5, 15),
    "gpt-5.4-mini": _price(0.75, 4.5),
    "gpt-5.4-nano": _price(0.2, 1.25),
    "gpt-5.2": _price(1.75, 14),
    "gpt-5.1": _price(1.25, 10),
    "gpt-5": _price(1.25, 10),
    "gpt-5-mini": _price(0.25, 2),
    "gpt-5-nano": _price(0.05, 0.4),
    "gpt-4.1": _price(2, 8),
    "gpt-4.1-mini": _price(0.4, 1.6),
    "gpt-4.1-nano": _price(0.1, 0.4),
    "gpt-4o": _price(2.5, 10),
    "gpt-4o-mini": _price(0.15, 0.6),
    "o3": _price(2, 8),
    "o4-mini": _price(1.1, 4.4),
    "claude-fable-5-1": _price(10, 50),
    "claude-opus-5-5": _price(4, 20),
    "claude-opus-5": _price(5, 25),
    "claude-opus-4-8": _price(5, 25),
    "claude-opus-4-7": _price(5, 25),
    "claude-opus-4-6": _price(5, 25),
    "claude-opus-4-5": _price(5, 25),
    "claude-sonnet-5-5": _price(2, 10),
    "claude-sonnet-5": _price(2, 10),
    "claude-sonnet-4-6": _price(3, 15),
    "claude-sonnet-4-5": _price(3, 15),
    "claude-haiku-4-5": _price(1, 5),
    "mistral-large-2512": _price(0.5, 1.5),
    "mistral-medium-3.5": _price(1.5, 7.5),
    "mistral-medium-latest": _price(1.5, 7.5),
}


def read_prices(path: Path) -> Mapping[str, Price]:
    """
    Return the built-in prices with those of the JSON file at *path* over them.

    The file holds `{"model": {"input_usd_per_million": 1.0, "output_usd_per_million": 2.0}}`.
    Raises PricesFileError where it cannot be read or an entry is wrong.
    """
    return {**PRICES, **{model: _entry(model, raw) for model, raw in _entries(path).items()}}


def _entries(path: Path) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    except OSError:
        issue = "wants a file that can be read"
    except (msgspec.DecodeError, UnicodeDecodeError):
        issue = "wants a file with a JSON object of prices by model"
    raise PricesFileError(issue)


def _entry(model: str, raw: msgspec.Raw) -> Price:
    try:
        return msgspec.json.decode(raw, type=Price)
    except msgspec.DecodeError:
        issue = "wants input_usd_per_million and output_usd_per_million, two numbers from 0 up, nothing else"
    raise PricesFileError(f"has an entry “{model}” that {issue}")
