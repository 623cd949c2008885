"""One sequence of spans out of many."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qfa_adapters.anonymize.merging import merge_spans
from qfa_core.pseudonyms import EntitySpan


def span(start: int, end: int, kind: str) -> EntitySpan:
    return EntitySpan(start=start, end=end, kind=kind)


def test_the_longer_span_swallows_the_shorter() -> None:
    merged = merge_spans("maria@ifrc.org", [[span(0, 5, "PERSON")], [span(0, 14, "EMAIL_ADDRESS")]])

    assert merged == [span(0, 14, "EMAIL_ADDRESS")]


def test_of_equal_spans_the_recogniser_named_first_wins() -> None:
    merged = merge_spans("0612345678", [[span(0, 10, "CREDIT_CARD")], [span(0, 10, "PHONE_NUMBER")]])

    assert merged == [span(0, 10, "CREDIT_CARD")]


def test_what_sticks_out_of_a_longer_span_stays_covered() -> None:
    merged = merge_spans("Goma Maria Gonzalez", [[span(0, 10, "LOCATION")], [span(5, 19, "PERSON")]])

    assert merged == [span(0, 4, "LOCATION"), span(5, 19, "PERSON")]


_SPANS = st.builds(
    lambda start, length, kind: span(start, min(start + length, 12), kind),
    st.integers(0, 11),
    st.integers(1, 12),
    st.sampled_from("ABC"),
)


@given(st.text(alphabet="ab .", min_size=12, max_size=12), st.lists(st.lists(_SPANS, max_size=4), max_size=4))
def test_no_overlap_is_left_and_no_letter_uncovered(text: str, found: list[list[EntitySpan]]) -> None:
    merged = merge_spans(text, found)

    assert all(before.end <= after.start for before, after in pairwise(merged))
    wanted = {
        at for spans in found for one in spans for at in range(one.start, one.end) if text[at].isalnum()
    }
    assert wanted <= {at for one in merged for at in range(one.start, one.end)}
