"""Coding frameworks, and the codes assigned from them."""

from __future__ import annotations

import msgspec

MAX_CODING_LEVELS = 3


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """A node of a coding framework; ids may repeat within it, positions do not."""

    id: str
    name: str
    children: tuple[Code, ...] = ()


class CodingFramework(msgspec.Struct, frozen=True, kw_only=True):
    """A forest of codes, one to three levels deep; branches may end early."""

    root_codes: tuple[Code, ...]


class CodedLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One code on a path, with the judge's confidence (0..1) and reason."""

    code: Code
    confidence: float
    reason: str


class CodePath(msgspec.Struct, frozen=True, kw_only=True):
    """A path through the framework that was found to fit a record, root first, one to three levels."""

    levels: tuple[CodedLevel, ...]

    @property
    def confidence(self) -> float:
        """The smallest of the levels' confidences."""
        return min(level.confidence for level in self.levels)

    @property
    def name(self) -> str:
        """The names from the root on, for people."""
        return " > ".join(level.code.name for level in self.levels)


class AssignedCodes(msgspec.Struct, frozen=True, kw_only=True):
    """
    The codes of one record, best first.

    Where *paths* is empty, *explanation* says why nothing was applied; else it is empty.
    """

    record_id: str
    paths: tuple[CodePath, ...] = ()
    explanation: str = ""
