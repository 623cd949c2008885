"""What a model that runs in this process has to offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class SentenceModel(Protocol):
    """
    A model that is loaded and turns texts into vectors; threads may use it at once.

    It is handed texts of at most *characters_read* characters, about *characters_at_a_time* in one call:
    as many as take it a few tenths of a second.
    """

    dimensions: int
    characters_read: int
    characters_at_a_time: int

    def encode(self, texts: Sequence[str]) -> bytes:
        """Return one vector of unit length a text, row by row as float32; never NaN. There is a text."""
        ...
