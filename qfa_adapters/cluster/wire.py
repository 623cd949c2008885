"""What goes between the service and the process that clusters for it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from qfa_adapters.cluster.sample import sample_positions
from qfa_core.clusters import BYTES_PER_NUMBER, Clustering, Embeddings

_ROWS_AT_A_TIME = 128


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The clusters, or the name of what went wrong."""

    clustering: Clustering | None = None
    failure: str | None = None


def question(embeddings: Embeddings) -> Iterator[bytes | memoryview]:
    """
    Yield the vectors of the sample, then all vectors, a few at a time.

    With the sample first, the worker need hold no vector for longer than it takes to make it smaller.
    """
    width = BYTES_PER_NUMBER * embeddings.dimensions
    values = memoryview(embeddings.values)
    sample = sample_positions(embeddings.count)
    for start in range(0, len(sample), _ROWS_AT_A_TIME):
        some = sample[start : start + _ROWS_AT_A_TIME]
        yield b"".join(values[width * row : width * (row + 1)] for row in some)
    for start in range(0, len(values), _ROWS_AT_A_TIME * width):
        yield values[start : start + _ROWS_AT_A_TIME * width]
