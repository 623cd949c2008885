"""The texts that stand for all of them where looking at each would take too long."""

from __future__ import annotations

from random import Random

SAMPLE_SIZE = 6_000  # HDBSCAN takes one or two seconds for as many; its time grows with their square

_SEED = 0


def sample_positions(count: int) -> list[int]:
    """
    Return which of *count* texts are looked at closely, in order: all, or `SAMPLE_SIZE` of them.

    Always the same, but in no regular distance: texts may come in turns.
    """
    if count <= SAMPLE_SIZE:
        return list(range(count))
    return sorted(Random(_SEED).sample(range(count), SAMPLE_SIZE))  # noqa: S311 - nothing to guess here
