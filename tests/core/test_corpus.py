from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qfa_core.budget import TokenBudget
from qfa_core.clusters import Clustering
from qfa_core.feedback import FeedbackRecord
from qfa_core.prompts.envelope import open_envelopes
from qfa_core.use_cases.corpus import Entry, cut_into_chunks, entries_of
from tests.core.asking import record

BUDGET = TokenBudget()
texts = st.text(alphabet="ab .&<дم😀\n", min_size=1, max_size=400)


@given(
    st.lists(st.tuples(texts, st.none() | st.integers(0, 3), st.text(max_size=400)), max_size=12),
    st.integers(60, 200),
)
@settings(max_examples=200)
def test_every_character_is_in_a_chunk_that_fits(
    corpus: list[tuple[str, int | None, str]], max_tokens: int
) -> None:
    entries = [Entry(text=text, record=record(text, codes=codes)) for text, _, codes in corpus]
    clustering = Clustering(labels=tuple(label for _, label, _ in corpus), exemplars=())

    chunks = cut_into_chunks(entries, clustering, max_tokens=max_tokens, budget=BUDGET)

    read: dict[int, dict[int, str]] = {}
    for chunk in chunks:
        assert BUDGET.tokens("\n".join(part.text for part in chunk)) <= max_tokens
        for part in chunk:
            (envelope,) = open_envelopes("feedback_record", part.text)
            assert part.number not in read.setdefault(part.position, {})
            read[part.position][part.number] = envelope.text
    whole = {n: "".join(pieces[number] for number in sorted(pieces)) for n, pieces in read.items()}
    assert whole == {n: text for n, (text, _, _) in enumerate(corpus)}


def test_long_codes_do_not_crowd_out_the_text() -> None:
    entry = Entry(text="We wait. " * 100, record=record("x", codes='"' * 300))

    chunks = cut_into_chunks([entry], None, max_tokens=100, budget=BUDGET)

    assert len(chunks) < 10
    assert all(BUDGET.tokens(part.text) <= 100 for chunk in chunks for part in chunk)


def test_records_that_say_the_same_are_one_entry_under_the_oldest() -> None:
    days = (None, dt.datetime(2024, 2, 1), dt.datetime(2024, 1, 1))
    records = [FeedbackRecord(id=str(n), content="No water", created=day) for n, day in enumerate(days)]

    (entry,) = entries_of(records, ["No water", "no water!", "NO WATER"])

    assert [one.id for one in entry.records] == ["2", "1", "0"]
    assert entry.text == "No water"


@pytest.mark.parametrize("size", [0, 1])
def test_a_corpus_of_hardly_anything_is_cut_as_well(size: int) -> None:
    entries = [Entry(text="a", record=record("a"))] * size

    assert len(cut_into_chunks(entries, None, max_tokens=100, budget=BUDGET)) == size
