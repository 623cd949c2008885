"""That the contracts' tests and the ports' docstrings say the same."""

from __future__ import annotations

import pytest

from tests.contracts.promises import Promise, promises, sentences_of, text_of
from tests.contracts.twins import PORTS, contract_of

PROMISES = {port: tuple(promises(contract_of(port))) for port in PORTS}


@pytest.mark.parametrize(
    "promise", [each for port in PORTS for each in PROMISES[port]], ids=lambda promise: promise.test
)
def test_a_test_of_a_contract_quotes_the_promise_that_it_checks(promise: Promise) -> None:
    assert promise.quote
    assert promise.quote in text_of(promise.place)


@pytest.mark.parametrize("port", PORTS)
def test_every_sentence_of_a_port_is_quoted_by_a_test(port: str) -> None:
    ports = {promise.place.partition(".")[0] for promise in PROMISES[port] if "." in promise.place}

    for place, sentence in [each for name in sorted(ports) for each in sentences_of(name)]:
        quotes = [promise.quote for promise in PROMISES[port] if promise.place == place]
        assert any(quote in sentence for quote in quotes), f"{place}: {sentence}"
