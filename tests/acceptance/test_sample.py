"""What the sample corpus promises to those who try the service on it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from integrations.demo.corpus import SampleRecord, read_corpus
from qfa_core.coding import MAX_CODING_LEVELS
from qfa_core.feedback import CODING_LEVEL_FIELDS, parse_created

CORPUS = read_corpus()

# Words that give a language away: each stands in most texts of its own, and in few of the others.
MARKERS = {
    "English": r"\b(the|and|they|is|we|not|for)\b",
    "French": r"\b(le|la les|est|nous|des|du|pas|les|ne|que)\b",
    "Spanish": r"\b(el|los|que|una|por|no|mi|con|para)\b",
    "Arabic": r"[\u0621-\u064a]{2}",
    "Ukrainian": r"[іїєґ]",
    "Russian": r"[ыэъё]",
    "Dutch": r"\b(een|het|van|wij|bij|voor)\b",
}


def _names(codes: list[dict], depth: int = 1) -> list[tuple[int, str, str]]:
    found = [(depth, code["id"], code["name"]) for code in codes]
    return found + [name for code in codes for name in _names(code["children"], depth + 1)]


def _labels(record: SampleRecord, field: str) -> set[str]:
    return {label.strip() for label in record.metadata[field].split(",") if label.strip()}


def _by_month(label: str) -> list[int]:
    months = Counter(
        record.day[:7] for record in CORPUS.records if label in _labels(record, "coding_level_2")
    )
    return [months[f"2026-{month:02}"] for month in range(2, 7)]


def test_the_corpus_is_large_enough_to_show_something() -> None:
    assert len(CORPUS.records) >= 72
    assert len({record.id for record in CORPUS.records}) == len(CORPUS.records)


@pytest.mark.parametrize(
    ("language", "at_least"),
    [
        ("English", 20),
        ("French", 10),
        ("Spanish", 10),
        ("Arabic", 10),
        ("Ukrainian", 10),
        ("Russian", 2),
        ("Dutch", 2),
    ],
)
def test_each_language_is_there_and_written_in_itself(language: str, at_least: int) -> None:
    records = [record for record in CORPUS.records if record.language == language and not record.is_blank]

    assert len(records) >= at_least
    assert all(re.search(MARKERS[language], record.content, re.IGNORECASE) for record in records)


def test_the_records_are_dated_in_order_over_five_months() -> None:
    dates = [parse_created(record.metadata["created"]) for record in CORPUS.records]

    assert None not in dates
    assert dates == sorted(dates)
    assert {date.strftime("%Y-%m") for date in dates} == {f"2026-0{month}" for month in range(2, 7)}


def test_one_topic_grows_one_fades_and_one_is_a_spike() -> None:
    cash, shelter, vaccines = (_by_month(label) for label in ("Cash assistance", "Shelter", "Vaccines"))

    assert cash == sorted(cash)
    assert cash[-1] >= 8
    assert shelter[0] >= 8 > shelter[-1]
    assert vaccines[2] >= 8
    assert sum(vaccines) == vaccines[2]


def test_the_framework_has_three_levels_and_at_least_forty_codes() -> None:
    names = _names(CORPUS.framework["root_codes"])

    assert max(depth for depth, _, _ in names) == MAX_CODING_LEVELS
    assert len(names) >= 40
    assert len({code_id for _, code_id, _ in names}) == len(names)


def test_no_code_holds_a_comma_which_would_split_it_into_two_labels() -> None:
    assert not [name for _, _, name in _names(CORPUS.framework["root_codes"]) if "," in name]


def test_the_records_are_coded_with_names_of_the_framework() -> None:
    names = _names(CORPUS.framework["root_codes"])
    for level, field in enumerate(CODING_LEVEL_FIELDS, start=1):
        known = {name for depth, _, name in names if depth == level}
        used = frozenset[str]().union(*(_labels(record, field) for record in CORPUS.records))

        assert used <= known
        assert used


def test_some_records_hold_what_trips_software_up() -> None:
    texts = [record.content for record in CORPUS.records]

    assert sum(record.is_blank for record in CORPUS.records) == 1
    assert any("<PERSON_1>" in text for text in texts)
    assert any('"' in text and "&" in text for text in texts)
    assert any("\\" in text for text in texts)
    assert any("," in record.metadata["coding_level_2"] for record in CORPUS.records)


def test_contact_details_are_fictional() -> None:
    texts = "\n".join(record.content for record in CORPUS.records)

    assert set(re.findall(r"@([\w.]+\w)", texts)) == {"example.org"}
    phones = re.findall(r"\+?\d[\d ]{8,}\d", texts)
    assert len(phones) >= 4
    assert all(re.search(r"7700 ?900 ?\d{3}|555 01\d\d", phone) for phone in phones)


def test_sensitive_disclosures_are_among_them() -> None:
    reports = [record for record in CORPUS.records if "Sensitive report" in _labels(record, "coding_level_1")]

    assert 4 <= len(reports) <= 8
