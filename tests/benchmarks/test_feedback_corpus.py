"""The corpus that hierarchical analysis is measured with."""

from __future__ import annotations

import re
from collections import Counter
from statistics import mean

import pytest

from benchmarks.feedback_corpus import (
    LONG_CHARACTERS,
    SHARES_OF_LANGUAGES,
    TOPICS,
    Record,
    feedback_records,
    spoken,
)

COUNT = 10_000


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(feedback_records(COUNT))


def _folded(record: Record) -> str:
    """What copies share, whatever slips of the pen they have."""
    return re.sub(r"\W+", " ", record["content"]).strip().upper()


def test_a_seed_gives_the_same_records_every_time(records: list[Record]) -> None:
    assert list(feedback_records(1_000)) == records[:1_000]
    assert list(feedback_records(1_000, seed=2)) != records[:1_000]


def test_records_are_as_long_as_feedback_is(records: list[Record]) -> None:
    assert 150 <= mean(len(record["content"]) for record in records) <= 220


def test_ids_are_unique(records: list[Record]) -> None:
    assert len({record["id"] for record in records}) == COUNT


def test_shares_of_blanks_and_copies_hold(records: list[Record]) -> None:
    texts = Counter(_folded(record) for record in records)
    blanks = texts.pop("")

    assert blanks / COUNT == pytest.approx(0.01, abs=0.004)
    assert (texts.total() - len(texts)) / COUNT == pytest.approx(0.03, abs=0.006)


def test_few_are_very_long(records: list[Record]) -> None:
    lengths = [len(record["content"]) for record in records]

    assert lengths.count(LONG_CHARACTERS) == 4
    assert sorted(lengths)[-5] < 1_000


def test_a_rumour_comes_and_goes_and_late_payments_become_more(records: list[Record]) -> None:
    months = Counter(
        (code, record["metadata"]["created"][:7])
        for record in records
        for code in record["metadata"].get("coding_level_3", "").split(", ")
    )

    rumours = [months["Vaccine does harm", f"2025-{month:02}"] for month in range(1, 13)]
    late = [months["Payment late", f"2025-{month:02}"] for month in range(1, 13)]
    assert sum(rumours[4:6]) > sum(rumours) / 2
    assert sum(late[6:]) > 1.5 * sum(late[:6])


def test_every_topic_can_be_spoken_about_in_every_language(records: list[Record]) -> None:
    for code in SHARES_OF_LANGUAGES:
        assert set(spoken(code).topics) == set(TOPICS), code
    assert not any("{" in record["content"] or "|" in record["content"] for record in records)
