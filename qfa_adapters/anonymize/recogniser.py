"""What every recogniser looks like."""

from __future__ import annotations

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
