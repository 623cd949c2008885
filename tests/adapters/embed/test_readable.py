"""Texts as a model can take them."""

from __future__ import annotations

from qfa_adapters.embed.readable import readable


def test_an_ordinary_text_stays_as_it_is() -> None:
    assert readable("Немає води — 3 дні.\nдякую", 100) == "Немає води — 3 дні.\nдякую"


def test_no_more_is_read_than_was_asked_for() -> None:
    assert readable("water " * 1000, 11) == "water water"


def test_a_character_that_stands_for_many_does_not_exceed_the_bound() -> None:
    assert readable("\ufdfa" * 50, 8) == "صلى الله"


def test_no_nul_cuts_the_text() -> None:
    assert readable("no\0water", 100) == "no water"


def test_a_lone_surrogate_does_not_keep_the_text_from_being_encoded() -> None:
    assert readable("no \ud800 water", 100).encode() == b"no ? water"


def test_blank_is_empty() -> None:
    assert {readable(blank, 100) for blank in ("", " ", "\n\t", "\0", "\u3000")} == {""}
