"""Bank accounts and payment cards."""

from __future__ import annotations

import pytest

from qfa_adapters.anonymize.accounts import CardRecogniser, IbanRecogniser


def ibans_in(text: str) -> list[str]:
    return [text[span.start : span.end] for span in IbanRecogniser().find(text)]


def cards_in(text: str) -> list[str]:
    return [text[span.start : span.end] for span in CardRecogniser().find(text)]


@pytest.mark.parametrize(
    "iban",
    [
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "nl91abna0417164300",
        "DE89 3704 0044 0532 0130 01",  # wrong check digits
        "UA213223130000026007233566001",
        "NO93 8601 1117 947",
    ],
)
def test_an_iban_is_found_without_the_words_around_it(iban: str) -> None:
    assert ibans_in(f"Pay {iban} was my wish.") == [iban]


@pytest.mark.parametrize(
    "text",
    ["NL91ABNA04171643001", "XX91ABNA0417164300", "in20 people came to us", "at20 2000 4000 6000"],
)
def test_what_has_no_countrys_length_is_no_iban(text: str) -> None:
    assert ibans_in(text) == []


@pytest.mark.parametrize(
    "card", ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005"]
)
def test_a_card_is_found_and_its_expiry_left(card: str) -> None:
    assert cards_in(f"card {card} 12/26") == [card]


@pytest.mark.parametrize("text", ["4111 1111 1111 1112", "0000000000000000", "411111111111"])
def test_what_fails_the_check_is_no_card(text: str) -> None:
    assert cards_in(text) == []
