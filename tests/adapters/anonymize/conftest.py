"""The recognisers, loaded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from qfa_adapters.anonymize.merging import merge_spans
from qfa_adapters.anonymize.recogniser import Recogniser
from qfa_adapters.anonymize.recognisers import load_recognisers

Find = Callable[[str], list[tuple[str, str]]]


@pytest.fixture(scope="session")
def recognisers() -> Sequence[Recogniser]:
    return load_recognisers()


@pytest.fixture(scope="session")
def find(recognisers: Sequence[Recogniser]) -> Find:
    """Return what all recognisers together find in a text, as (passage, kind)."""

    def find_in(text: str) -> list[tuple[str, str]]:
        spans = merge_spans(text, [recogniser.find(text) for recogniser in recognisers])
        return [(text[span.start : span.end], span.kind) for span in spans]

    return find_in
