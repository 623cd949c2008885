"""The port to what turns texts into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qfa_core.clusters import Embeddings


class Embedder(Protocol):
    """A model that places texts of near meaning near each other, whatever language they are in."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """
        Return one vector of unit length a text, in order; no texts, no vectors.

        A text has the same vector whatever it is embedded with, up to rounding. Texts may hold anything, be
        blank, or longer than the model reads: what it does not read is passed over.
        CPU-bound work leaves the event loop. Cancelling ends it soon. Safe to call concurrently.
        Raises EmbedderUnavailable if it cannot be done.
        """
        ...

    async def check(self) -> None:
        """Raise EmbedderUnavailable unless texts can be embedded now."""
        ...
