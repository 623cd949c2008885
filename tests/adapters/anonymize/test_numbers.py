"""Which texts are searched for long numbers."""

from __future__ import annotations

import pytest

from qfa_adapters.anonymize.numbers import NumberRecogniser


def kinds_in(text: str) -> list[str]:
    return [span.kind for span in NumberRecogniser().find(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call 5551234", "PHONE_NUMBER"),  # of as few digits as any
        ("اتصل على ٠٧٧٠١٢٣٤٥٦٧", "PHONE_NUMBER"),
        ("फ़ोन +९१ ९८७६५ ४३२१०", "PHONE_NUMBER"),
        ("my card is 4111 1111 1111 1111", "CREDIT_CARD"),
        ("to NO93 8601 1117 947", "IBAN_CODE"),
    ],
)
def test_each_kind_of_number_is_found(text: str, kind: str) -> None:
    assert kind in kinds_in(text)


@pytest.mark.parametrize("text", ["", "call me", "call 555123", "3 children, 2 adults, 15 days"])
def test_fewer_digits_than_the_shortest_number_has_are_none(text: str) -> None:
    assert kinds_in(text) == []
