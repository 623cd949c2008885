"""The texts that stand for all of them where looking at each would take too long."""

from __future__ import annotations

SAMPLE_SIZE = 8_000  # HDBSCAN takes two seconds for as many, and its time grows with their square


def sample_positions(count: int) -> list[int]:
    """Return which of *count* texts are looked at closely: all of them, or `SAMPLE_SIZE` evenly spread."""
    size = min(count, SAMPLE_SIZE)
    return [index * count // size for index in range(size)]
