"""Making one sequence of spans out of what several recognisers found."""

from __future__ import annotations

from collections.abc import Iterable

from qfa_core.pseudonyms import EntitySpan


def merge_spans(text: str, found: Iterable[Iterable[EntitySpan]]) -> list[EntitySpan]:
    """
    Return the spans of *found*, sorted and free of overlaps; whatever any recogniser covered stays covered.

    *found* holds one iterable a recogniser, the most trusted first. Of two spans that overlap the
    longer one wins, of equal ones the earlier, then that of the recogniser trusted more; what sticks
    out of a winner is kept under its own kind, unless it is mere punctuation.
    """
    ranked = [(span, rank) for rank, spans in enumerate(found) for span in spans]
    ranked.sort(key=lambda entry: (entry[0].start, -entry[0].end, entry[1]))
    merged: list[EntitySpan] = []
    for span, _ in ranked:
        if not merged or merged[-1].end <= span.start:
            merged.append(span)
        elif merged[-1].end < span.end:
            merged += _settle(text, merged.pop(), span)
    return merged


def _settle(text: str, first: EntitySpan, second: EntitySpan) -> list[EntitySpan]:
    """Part two spans of which the second ends later; what lies before the first is covered already."""
    start = max(first.start, second.start)
    if second.end - second.start > first.end - first.start:
        parted = [(first.start, start, first.kind), (start, second.end, second.kind)]
    else:
        parted = [(first.start, first.end, first.kind), (first.end, second.end, second.kind)]
    return [span for part in parted if (span := _trim(text, *part))]


def _trim(text: str, start: int, end: int, kind: str) -> EntitySpan | None:
    """Return the span from the first letter or digit to the last, None if there is none."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return EntitySpan(start=start, end=end, kind=kind) if start < end else None
