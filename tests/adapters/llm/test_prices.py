"""What calls cost, and the file that says otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qfa_adapters.llm.prices import PRICES, Price, PricesFileError, read_prices
from qfa_adapters.llm.pricing import Pricing, price_of
from qfa_adapters.llm.wire import Answer

CHEAP = Price(input_usd_per_million=1, output_usd_per_million=2)
DEAR = Price(input_usd_per_million=10, output_usd_per_million=20)


def answer(model: str | None = None, *, output_tokens: int | None = 1_000_000) -> Answer:
    return Answer(
        text="Water", finish="stop", model=model, input_tokens=1_000_000, output_tokens=output_tokens
    )


@pytest.mark.parametrize(
    ("model", "alike"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-4-5@20251101", "claude-opus-4-5"),
    ],
)
def test_a_dated_version_costs_what_its_model_costs(model: str, alike: str) -> None:
    assert price_of(PRICES, model) == PRICES[alike]


@pytest.mark.parametrize(
    "model", ["gpt-4o-audio", "gpt-4oo", "gpt-5-pro", "claude-opus-5-9", "gpt-4o-2024-08"]
)
def test_a_longer_name_is_another_model(model: str) -> None:
    assert price_of(PRICES, model) is None


@pytest.mark.parametrize(
    ("configured", "reported", "cost"),
    [
        ("azure/ours", "cheap", 3),
        ("azure/dear", "cheap", 3),
        ("azure/cheap", None, 3),
        ("azure/special", "cheap", 30),
        ("litellm_proxy/openai/cheap", None, 3),
        ("openai/x", "cheap-2026-01-01", 3),
        ("azure/ours", "unknown", None),
    ],
)
def test_the_full_name_counts_then_what_ran_then_the_models_own_name(
    configured: str, reported: str | None, cost: float | None
) -> None:
    pricing = Pricing(configured, {"cheap": CHEAP, "dear": DEAR, "azure/special": DEAR})

    assert pricing.cost_usd(answer(reported), "request") == cost


def test_unknown_tokens_have_no_cost() -> None:
    assert Pricing("openai/cheap", {"cheap": CHEAP}).cost_usd(answer(output_tokens=None), "request") is None


def test_the_file_adds_and_overrides(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    entry = {"input_usd_per_million": 9, "output_usd_per_million": 0}
    path.write_text(json.dumps({"gpt-4o": entry, "azure/ours": entry}))

    prices = read_prices(path)

    assert (
        prices["gpt-4o"] == prices["azure/ours"] == Price(input_usd_per_million=9, output_usd_per_million=0)
    )
    assert prices["gpt-4.1"] == PRICES["gpt-4.1"]


@pytest.mark.parametrize(
    "entry",
    [
        '{"input_usd_per_million": "CANARY", "output_usd_per_million": 1}',
        '{"input_usd_per_million": -1, "output_usd_per_million": 1}',
        '{"input_usd_per_million": 1}',
        '{"input_usd_per_million": 1, "output_usd_per_million": 1, "CANARY": 1}',
        '"CANARY"',
        "null",
    ],
)
def test_a_wrong_entry_is_named_without_what_it_says(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(f'{{"gpt-4o": {entry}}}')

    with pytest.raises(PricesFileError, match="LLM_PRICES_FILE has an entry “gpt-4o” that wants") as raised:
        read_prices(path)
    assert "CANARY" not in str(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"\xff": 1}'])
def test_a_file_of_something_else_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(content)

    with pytest.raises(PricesFileError, match="LLM_PRICES_FILE wants a file with a JSON object"):
        read_prices(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PricesFileError, match="LLM_PRICES_FILE wants a file that can be read"):
        read_prices(tmp_path / "none.json")
