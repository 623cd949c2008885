"""Every embedder keeps the promises of the port."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qfa_adapters.embed.embedders import e5_embedder, onnx_embedder, universal_sentence_embedder
from qfa_adapters.embed.local_embedder import LocalEmbedder
from qfa_adapters.embed.onnx_files import OnnxFiles
from qfa_adapters.embed.sentence_model import SentenceModel
from qfa_core.contracts import EmbedderContract
from qfa_core.fakes import WordEmbedder
from qfa_core.ports.embedder import Embedder
from tests.adapters.embed.conftest import onnx_files  # noqa: F401 - a fixture, used by its name


def unloadable() -> SentenceModel:
    """Fail as a model does that is not there."""
    raise OSError


class TestWordEmbedder(EmbedderContract):
    is_multilingual = False

    @pytest.fixture
    def embedder(self) -> Embedder:
        return WordEmbedder()

    @pytest.fixture
    def failing_embedder(self) -> Embedder:
        return WordEmbedder(is_down=True)


class LocalEmbedderContract(EmbedderContract):
    """The contract for embedders whose models run in this process."""

    @pytest.fixture
    def failing_embedder(self) -> Embedder:
        return LocalEmbedder(unloadable)


class TestUniversalSentenceEncoder(LocalEmbedderContract):
    @pytest.fixture(scope="class")
    @staticmethod
    def embedder() -> Embedder:
        return universal_sentence_embedder()


class TestE5(LocalEmbedderContract):
    many_texts = 40  # it is slow

    @pytest.fixture(scope="class")
    @staticmethod
    def embedder() -> Embedder:
        return e5_embedder()


class TestOnnx(LocalEmbedderContract):
    """On a model that knows two words."""

    knows_meaning = False
    is_multilingual = False

    @pytest.fixture
    def embedder(self, onnx_files: Callable[..., OnnxFiles]) -> Embedder:  # noqa: F811
        return onnx_embedder(onnx_files())
