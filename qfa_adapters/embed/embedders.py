"""The embedders there are; each loads its libraries with its model, at first use."""

from __future__ import annotations

from qfa_adapters.embed.local_embedder import LocalEmbedder
from qfa_adapters.embed.sentence_model import SentenceModel


def universal_sentence_embedder(*, workers: int = 2) -> LocalEmbedder:
    """Return the embedder that is fast and needs no download: the Universal Sentence Encoder."""

    def load() -> SentenceModel:
        from qfa_adapters.embed.universal_sentence_model import UniversalSentenceModel

        return UniversalSentenceModel()

    return LocalEmbedder(load, workers=workers)


def e5_embedder(*, workers: int = 2) -> LocalEmbedder:
    """Return the embedder that tells more languages apart and needs no download, at a twentieth of the speed."""

    def load() -> SentenceModel:
        from qfa_adapters.embed.e5_model import E5Model

        return E5Model()

    return LocalEmbedder(load, workers=workers)
