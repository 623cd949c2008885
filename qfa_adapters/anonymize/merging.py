"""Making one sequence of spans out of what several recognisers found."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from qfa_core.pseudonyms import EntitySpan


def merge_spans(text: str, found: Iterable[Iterable[EntitySpan]]) -> list[EntitySpan]:
    """
    Return the spans of *found*, sorted and free of overlaps; whatever any recogniser covered stays covered.

    *found* holds one iterable a recogniser, the most trusted first. Of two spans that overlap the
    longer one wins, of equal ones that of the recogniser trusted more; what sticks out of a winner
    is kept under its own kind, unless it is mere punctuation.
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
    if second.end - second.start > first.end - first.start:
        first = msgspec.structs.replace(first, end=second.start)
    else:
        second = msgspec.structs.replace(second, start=first.end)
    return [trimmed for span in (first, second) if (trimmed := _trim(text, span))]


def _trim(text: str, span: EntitySpan) -> EntitySpan | None:
    """Return *span* from its first letter or digit to its last, None if it has none."""
    start, end = span.start, span.end
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return EntitySpan(start=start, end=end, kind=span.kind) if start < end else None
