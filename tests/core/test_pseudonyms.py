"""Placeholders: one a value, none for two, and back again."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.pseudonyms import (
    REDACTED_IN_ANALYSES,
    EntitySpan,
    placeholders_in,
    pseudonymise,
    restore,
    without_placeholders,
    without_strangers,
)


def spans_of(text: str, *values: tuple[str, str]) -> list[EntitySpan]:
    """Return where each (kind, value) first stands in *text*."""
    found = [(text.index(value), value, kind) for kind, value in values]
    return [EntitySpan(start=at, end=at + len(value), kind=kind) for at, value, kind in sorted(found)]


class Theme(msgspec.Struct, frozen=True):
    title: str
    quotes: tuple[str, ...]
    weight: float | None = None


class Answer(msgspec.Struct, frozen=True):
    themes: list[Theme]
    summary: str


def test_a_value_has_one_placeholder_over_all_texts() -> None:
    texts = ["Maria came.", "I saw Maria."]

    result = pseudonymise(texts, [spans_of(text, ("PERSON", "Maria")) for text in texts])

    assert result.texts == ("<PERSON_1> came.", "I saw <PERSON_1>.")
    assert result.originals == {"<PERSON_1>": "Maria"}


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("PERSON", "Maria  Gonzalez", "MARIA gonzalez"),
        ("PERSON", "José", "Jose\u0301"),
        ("EMAIL_ADDRESS", "maria@ifrc.org", "Maria@IFRC.org"),
        ("PHONE_NUMBER", "+31 6 1234-5678", "+31612345678"),
        ("IBAN_CODE", "NL91 ABNA 0417 1643 00", "nl91abna0417164300"),
    ],
)
def test_one_value_spelled_in_two_ways_has_one_placeholder(kind: str, first: str, second: str) -> None:
    result = pseudonymise([first, second], [spans_of(first, (kind, first)), spans_of(second, (kind, second))])

    assert result.texts == (f"<{kind}_1>", f"<{kind}_1>")


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("URL", "https://ifrc.org/a", "https://ifrc.org/A"),
        ("PHONE_NUMBER", "+31612345678", "31612345678"),
        ("PERSON", "Maria", "Mariam"),
    ],
)
def test_two_values_never_share_a_placeholder(kind: str, first: str, second: str) -> None:
    result = pseudonymise([first, second], [spans_of(first, (kind, first)), spans_of(second, (kind, second))])

    assert result.texts == (f"<{kind}_1>", f"<{kind}_2>")


def test_numbers_are_counted_for_each_kind() -> None:
    text = "Maria from Goma and Sorie"

    result = pseudonymise(
        [text], [spans_of(text, ("PERSON", "Maria"), ("LOCATION", "Goma"), ("PERSON", "Sorie"))]
    )

    assert result.texts == ("<PERSON_1> from <LOCATION_1> and <PERSON_2>",)


@pytest.mark.parametrize(
    "typed", ["<PERSON_1>", "PERSON_1", "<person_1>", "<PERSON_01>", "&lt;PERSON_1&gt;", "(PERSON_1)"]
)
def test_what_a_community_member_typed_is_never_taken_for_ours(typed: str) -> None:
    text = f"{typed} hit Maria"

    result = pseudonymise([text], [spans_of(text, ("PERSON", "Maria"))])

    assert result.texts == (f"{typed} hit <PERSON_2>",)
    assert restore("<PERSON_1> hit <PERSON_2>", result.originals) == "<PERSON_1> hit Maria"


def test_a_typed_placeholder_in_one_text_is_avoided_in_all() -> None:
    texts = ["Maria", "they wrote <PERSON_1>"]

    result = pseudonymise(texts, [spans_of(texts[0], ("PERSON", "Maria")), []])

    assert result.texts[0] == "<PERSON_2>"


@pytest.mark.parametrize(
    "original", ['Maria "Mia" G', "back\\slash\\1", "<b>Maria</b>", "<PERSON_2>", "\\g<0>"]
)
def test_restoring_survives_what_is_special_elsewhere(original: str) -> None:
    assert restore('He said: "<PERSON_1>" \\', {"<PERSON_1>": original, "<PERSON_2>": "Sorie"}) == (
        f'He said: "{original}" \\'
    )


def test_placeholders_that_stand_for_nothing_are_left_alone() -> None:
    text = "<PERSON_9> <LOCATION_1> <person_1> <PERSON_1"

    assert restore(text, {"<PERSON_1>": "Maria"}) == text


def test_redacted_kinds_stay_in_analyses() -> None:
    originals = {"<PERSON_1>": "Maria", "<NRP_1>": "Zande", "<LOCATION_1>": "Goma"}

    restored = restore("<PERSON_1>, a <NRP_1>, from <LOCATION_1>", originals, redacted=REDACTED_IN_ANALYSES)

    assert restored == "<PERSON_1>, a <NRP_1>, from Goma"


def test_every_string_of_a_nested_answer_is_restored() -> None:
    answer = Answer(
        themes=[Theme("Water in <LOCATION_1>", ("<PERSON_1> waits", "no name"), 0.5)], summary="<PERSON_1>"
    )

    restored = restore(answer, {"<PERSON_1>": "Maria", "<LOCATION_1>": "Goma"})

    assert restored == Answer(
        themes=[Theme("Water in Goma", ("Maria waits", "no name"), 0.5)], summary="Maria"
    )


def test_empty_texts_stay_empty_and_in_their_place() -> None:
    result = pseudonymise(["", "Maria", ""], [[], spans_of("Maria", ("PERSON", "Maria")), []])

    assert result.texts == ("", "<PERSON_1>", "")


def test_spans_for_other_than_all_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        pseudonymise(["Maria", "Sorie"], [[]])


_KINDS = st.sampled_from(["PERSON", "LOCATION", "EMAIL_ADDRESS", "PHONE_NUMBER", "URL"])
_VALUES = st.text(alphabet="aAbß1 <>_\\\"'é", min_size=1, max_size=6).filter(str.strip)
_FILLINGS = st.text(alphabet="xy <>_\\\"'&;PERSON12", max_size=12)
_PIECES = st.lists(st.tuples(_FILLINGS, _KINDS, _VALUES), max_size=8)


@given(st.lists(_PIECES, max_size=4))
def test_restoring_returns_the_texts_and_values_keep_apart(corpus: list[list[tuple[str, str, str]]]) -> None:
    texts = ["".join(filling + value for filling, _, value in pieces) for pieces in corpus]
    spans: list[list[EntitySpan]] = []
    for pieces in corpus:
        end, found = 0, []
        for filling, kind, value in pieces:
            end += len(filling) + len(value)
            found.append(EntitySpan(start=end - len(value), end=end, kind=kind))
        spans.append(found)

    result = pseudonymise(texts, spans, identity=lambda _kind, value: value)

    assert restore(list(result.texts), result.originals) == texts
    mentioned = {(kind, value) for pieces in corpus for _, kind, value in pieces}
    assert len(result.originals) == len(mentioned)
    assert {
        (name.strip("<>").rpartition("_")[0], value) for name, value in result.originals.items()
    } == mentioned
    assert not any(name in text for name in result.originals for text in texts)


def test_a_placeholder_that_is_not_known_loses_its_number() -> None:
    known = placeholders_in(["From <LOCATION_1>.", "<PERSON_2> says"])

    assert known == {"<LOCATION_1>", "<PERSON_2>"}
    assert without_strangers("<LOCATION_1> <LOCATION_2>", known) == "<LOCATION_1> <LOCATION>"
    assert without_strangers("<PERSON_1>", known) == "<PERSON_1>"


def test_a_text_can_be_read_without_its_placeholders() -> None:
    assert without_placeholders("<PERSON_1> is in <LOCATION_12>.").split() == ["is", "in", "."]
