"""What one call cost."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from qfa_adapters.llm.prices import Price
from qfa_adapters.llm.wire import Answer

_log = logging.getLogger("qfa.llm")

# gpt-4o-2024-08-06, claude-haiku-4-5-20251001, claude-opus-4-5@20251101, gpt-35-turbo-0125
_DATED = re.compile(r"(?P<model>.+)[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{4})")


class Pricing:
    """Price the calls to one *model* (`provider/model`)."""

    def __init__(self, model: str, prices: Mapping[str, Price]) -> None:
        self._model = model
        self._prices = prices
        self._is_unpriced = False

    def cost_usd(self, answer: Answer, request_id: str) -> float | None:
        """Return what *answer* cost, None where its tokens or the price (logged once) are not known."""
        price = price_of(self._prices, *_names(self._model, answer.model))
        if price is None and not self._is_unpriced:
            self._is_unpriced = True
            _log.warning("No price is known for %s.", self._model, extra={"request_id": request_id})
        if price is None or answer.input_tokens is None or answer.output_tokens is None:
            return None
        return price.cost_usd(answer.input_tokens, answer.output_tokens)


def _names(model: str, reported: str | None) -> tuple[str, ...]:
    """Return what a model may be priced as; a deployment's own name says least about what it runs."""
    prefix, _, name = model.partition("/")
    told = (f"{prefix}/{reported}", reported) if reported else ()
    return (model, *told, name, name.rpartition("/")[2])


def price_of(prices: Mapping[str, Price], *models: str) -> Price | None:
    """
    Return the price of the first of *models* that has one, by its own name or without its date.

    A longer name is another model, not a version: `gpt-5-mini` never costs what `gpt-5` does.
    """
    for model in models:
        dated = _DATED.fullmatch(model)
        price = prices.get(model) or (prices.get(dated["model"]) if dated else None)
        if price is not None:
            return price
    return None
