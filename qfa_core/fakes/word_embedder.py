"""An embedder that goes by words alone."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence

from qfa_core.clusters import Embeddings
from qfa_core.errors import EmbedderUnavailable
from qfa_core.ports.embedder import Embedder

_WORDS = re.compile(r"\w+")
_DIMENSIONS = 64


class WordEmbedder(Embedder):
    """
    Place texts with many words in common near each other; a word is one of 64 directions.

    Remembers what it was given in *texts*, one tuple a call. While *is_down* is set, every call raises
    EmbedderUnavailable.
    """

    def __init__(self, *, is_down: bool = False) -> None:
        self.is_down = is_down
        self.texts: list[tuple[str, ...]] = []

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        await self.check()
        self.texts.append(tuple(texts))
        return Embeddings.of([_vector(text) for text in texts])

    async def check(self) -> None:
        if self.is_down:
            raise EmbedderUnavailable


def _vector(text: str) -> list[float]:
    counts = [0.0] * _DIMENSIONS
    for word in _WORDS.findall(text.casefold()) or [""]:
        counts[zlib.crc32(word.encode("utf-8", "replace")) % _DIMENSIONS] += 1
    length = math.hypot(*counts)
    return [count / length for count in counts]
