"""What every recogniser looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qfa_core.pseudonyms import EntitySpan


class Recogniser(Protocol):
    """Something that finds identifying passages of one or a few kinds."""

    def find(self, text: str) -> list[EntitySpan]:
        """
        Return what stands in *text*, in any order; spans may overlap.

        Takes time in proportion to the length of *text*, whatever it holds; keeps nothing of it.
        """
        ...

    def find_in_each(self, texts: Sequence[str]) -> list[list[EntitySpan]]:
        """Return what `find` does for each of *texts*; for many of them it may be quicker."""
        return list(map(self.find, texts))
