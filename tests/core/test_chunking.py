from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qfa_core.chunking import Part, by_breadth, chunks_of, cut_evenly, split_text
from qfa_core.scripts import weight

MAX_TOKENS = 100

days = st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 1)).map(
    lambda day: dt.datetime.combine(day, dt.time())
)
parts = st.lists(
    st.builds(
        Part,
        position=st.integers(0, 10**6),
        text=st.text(max_size=3),
        tokens=st.integers(1, MAX_TOKENS),
        cluster=st.none() | st.integers(0, 5),
        created=days,
    ),
    max_size=60,
    unique_by=lambda part: part.position,
)


def part(
    position: int, *, tokens: int = 10, cluster: int | None = None, day: int | None = None, number: int = 1
) -> Part:
    return Part(
        position=position,
        text=f"text {position}",
        tokens=tokens,
        cluster=cluster,
        number=number,
        created=dt.datetime(2024, 1, day) if day else None,
    )


@given(parts)
def test_every_part_is_in_one_chunk_and_in_one_alone(corpus: list[Part]) -> None:
    chunks = chunks_of(corpus, max_tokens=MAX_TOKENS)

    assert Counter(one.position for chunk in chunks for one in chunk) == Counter(p.position for p in corpus)


@given(parts)
def test_no_chunk_is_over_the_budget_or_empty(corpus: list[Part]) -> None:
    for chunk in chunks_of(corpus, max_tokens=MAX_TOKENS):
        assert 0 < sum(one.tokens for one in chunk) <= MAX_TOKENS


@given(parts)
def test_chunks_and_what_they_hold_are_in_date_order(corpus: list[Part]) -> None:
    chunks = chunks_of(corpus, max_tokens=MAX_TOKENS)

    for chunk in chunks:
        assert [one.created or dt.datetime.max for one in chunk] == sorted(
            one.created or dt.datetime.max for one in chunk
        )
    firsts = [chunk[0].created or dt.datetime.max for chunk in chunks]
    assert firsts == sorted(firsts)


@given(parts)
def test_the_same_corpus_gives_the_same_chunks_however_it_is_ordered(corpus: list[Part]) -> None:
    assert chunks_of(corpus, max_tokens=MAX_TOKENS) == chunks_of(corpus[::-1], max_tokens=MAX_TOKENS)


@given(parts)
def test_there_are_not_many_more_chunks_than_the_text_needs(corpus: list[Part]) -> None:
    least = sum(one.tokens for one in corpus) / MAX_TOKENS

    assert len(chunks_of(corpus, max_tokens=MAX_TOKENS)) <= 2 * least + 7


def test_records_of_one_cluster_share_a_chunk() -> None:
    corpus = [part(position, cluster=position % 2, day=1 + position) for position in range(20)]

    chunks = chunks_of(corpus, max_tokens=MAX_TOKENS)

    assert [{one.cluster for one in chunk} for chunk in chunks] == [{0}, {1}]


def test_a_cluster_is_cut_into_chunks_of_about_one_size() -> None:
    chunks = chunks_of([part(position, cluster=0) for position in range(11)], max_tokens=MAX_TOKENS)

    assert [len(chunk) for chunk in chunks] == [6, 5]


def test_small_clusters_are_put_together() -> None:
    corpus = [part(position, cluster=position // 2, day=20 - position) for position in range(10)]

    (chunk,) = chunks_of(corpus, max_tokens=MAX_TOKENS)

    assert [one.position for one in chunk] == list(range(9, -1, -1))


def test_records_without_a_date_come_last() -> None:
    (chunk,) = chunks_of([part(0), part(1, day=2), part(2, day=1)], max_tokens=MAX_TOKENS)

    assert [one.position for one in chunk] == [2, 1, 0]


def test_a_part_that_is_larger_than_a_chunk_has_one_to_itself() -> None:
    chunks = chunks_of([part(0), part(1, tokens=500), part(2)], max_tokens=MAX_TOKENS)

    assert sorted(len(chunk) for chunk in chunks) == [1, 2]


def test_every_cluster_is_heard_before_any_is_heard_twice() -> None:
    chunks = [(part(n, cluster=cluster),) for n, cluster in enumerate((0, 0, 0, 1, None, 1))]

    assert [chunk[0].cluster for chunk in by_breadth(chunks)] == [0, 1, None, 0, 1, 0]


@given(st.lists(st.integers(1, 50), max_size=40))
def test_runs_hold_everything_in_order_and_no_more_than_they_may(sizes: list[int]) -> None:
    runs = cut_evenly(sizes, int, 50)

    assert [size for run in runs for size in run] == sizes
    assert all(0 < sum(run) <= 50 for run in runs)


texts = st.text(alphabet="ab .!?\nдя水😀،؟", max_size=200)


@given(texts, st.integers(20, 60))
def test_pieces_are_the_text_again_and_none_is_too_heavy(text: str, limit: int) -> None:
    pieces = split_text(text, limit=limit, weight=weight)

    assert "".join(pieces) == text
    assert all(0 < weight(piece) <= limit for piece in pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("We wait. They go! Why?", ["We wait. ", "They go! ", "Why?"]),
        ("Мы ждём. Они ушли.", ["Мы ждём. ", "Они ушли."]),
        ("ماذا؟ لا شيء.", ["ماذا؟ ", "لا شيء."]),
        ("पानी नहीं है। क्यों?", ["पानी नहीं है। ", "क्यों?"]),
        ("没有水。为什么？", ["没有水。", "为什么？"]),
        ("one line\nanother one", ["one line\n", "another one"]),
        ('"We wait." They go.', ['"We wait." ', "They go."]),
    ],
)
def test_a_text_is_cut_at_sentence_ends(text: str, pieces: list[str]) -> None:
    limit = max(map(len, pieces))

    assert split_text(text, limit=limit, weight=len) == pieces


def test_a_long_sentence_is_cut_between_words_and_a_long_word_anywhere() -> None:
    assert split_text("aa bb cc", limit=6, weight=len) == ["aa bb ", "cc"]
    assert split_text("abcdefgh", limit=3, weight=len) == ["abc", "def", "gh"]


def test_a_decimal_point_ends_no_sentence() -> None:
    assert split_text("It costs 3.50 now. We wait.", limit=20, weight=len)[0] == "It costs 3.50 now. "


def test_a_character_that_is_too_heavy_is_let_through() -> None:
    assert split_text("ab", limit=0.5, weight=len) == ["a", "b"]
