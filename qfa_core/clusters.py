"""Where texts lie in the space of their meanings, and which of them lie together."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import msgspec

BYTES_PER_NUMBER = 4


class Embeddings(msgspec.Struct, frozen=True, kw_only=True):
    """
    One vector a text, in order.

    *values* holds them row by row as float32 in the machine's byte order, *dimensions* numbers a row, so
    that libraries can look at them without a copy. Near vectors stand for texts of near meaning; what
    counts as near depends on the model, and holds between vectors of one model only.
    """

    dimensions: int
    values: bytes

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]]) -> Embeddings:
        """
        Return *rows* as embeddings; without any, of no dimensions.

        Raises ValueError where rows differ in length.
        """
        dimensions = len(rows[0]) if rows else 0
        if any(len(row) != dimensions for row in rows):
            raise ValueError("The rows have different numbers of dimensions.")
        numbers = [number for row in rows for number in row]
        return cls(dimensions=dimensions, values=struct.pack(f"={len(numbers)}f", *numbers))

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return len(self.values) // (BYTES_PER_NUMBER * self.dimensions) if self.dimensions else 0

    def rows(self) -> Iterable[tuple[float, ...]]:
        """Yield the vectors in order."""
        return struct.iter_unpack(f"={self.dimensions}f", self.values) if self.dimensions else iter(())


class Clustering(msgspec.Struct, frozen=True, kw_only=True):
    """
    Which cluster each text lies in.

    *labels* has one entry a text: the number of its cluster, None for a text that is in none. Clusters
    are numbered from 0 by falling size, those of one size by their first text.
    *exemplars* has one entry a cluster: positions of texts that stand for it, the most typical first.
    """

    labels: tuple[int | None, ...]
    exemplars: tuple[tuple[int, ...], ...]
