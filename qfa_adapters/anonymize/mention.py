"""What was found among the words of a passage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

PERSON, LOCATION = "PERSON", "LOCATION"


class Mention(NamedTuple):
    """The words from *first* to *last*, both included, and what they name."""

    first: int
    last: int
    kind: str


def words_of(mentions: Iterable[Mention]) -> set[int]:
    """Return the indices of the words that *mentions* are made of."""
    return {at for mention in mentions for at in range(mention.first, mention.last + 1)}
