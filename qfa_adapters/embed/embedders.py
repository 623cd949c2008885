"""The embedders there are; each imports its libraries when it loads its model, at first use."""

from __future__ import annotations

from qfa_adapters.embed.local_embedder import LocalEmbedder
from qfa_adapters.embed.onnx_files import OnnxFiles
from qfa_adapters.embed.sentence_model import SentenceModel


def universal_sentence_embedder(*, workers: int = 2) -> LocalEmbedder:
    """Return the fast one: the Universal Sentence Encoder, without a download, weak on Ukrainian."""

    def load() -> SentenceModel:
        from qfa_adapters.embed.universal_sentence_model import UniversalSentenceModel

        return UniversalSentenceModel()

    return LocalEmbedder(load, workers=workers)


def e5_embedder(*, workers: int = 2) -> LocalEmbedder:
    """Return the one for a hundred languages: e5, without a download, at a twentieth of the speed."""

    def load() -> SentenceModel:
        from qfa_adapters.embed.e5_model import E5Model

        return E5Model()

    return LocalEmbedder(load, workers=workers)


def onnx_embedder(
    files: OnnxFiles, *, max_tokens: int = 512, prefix: str = "", workers: int = 2
) -> LocalEmbedder:
    """
    Return one that runs the model of *files*, as far as *max_tokens*, with *prefix* before each text.

    `check` says which setting is wrong, if one is. Loading a large tokenizer holds up the whole process
    for about a second: check before the service answers.
    """

    def load() -> SentenceModel:
        from qfa_adapters.embed.onnx_model import OnnxModel

        return OnnxModel(files, max_tokens=max_tokens, prefix=prefix)

    return LocalEmbedder(load, workers=workers)
