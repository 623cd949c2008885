"""Any sentence model as ONNX."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import onnx
import pytest
from onnx import TensorProto, helper

from qfa_adapters.embed.embedders import onnx_embedder
from qfa_adapters.embed.onnx_files import OnnxFiles
from qfa_core.errors import EmbedderUnavailable
from tests.adapters.embed.conftest import ALL_INPUTS, UNKNOWN_TO_THE_MODEL, pinned, sentence_model

Write = Callable[..., OnnxFiles]
NOWHERE = Path("/nowhere/at.all")
WRONG = "0" * 64


async def rows(files: OnnxFiles, texts: Sequence[str], **settings: object) -> list[tuple[float, ...]]:
    return list((await onnx_embedder(files, **settings).embed(texts)).rows())  # type: ignore[arg-type]


async def test_a_text_lies_at_the_mean_of_its_tokens_at_unit_length(onnx_files: Write) -> None:
    found = await rows(onnx_files(), ["water", "water water food", "food"])

    assert found == [pytest.approx(row) for row in [(1, 0, 0), (0.5**0.5, 0.5**0.5, 0), (0, 1, 0)]]


async def test_words_that_the_tokenizer_does_not_know_have_a_direction_too(onnx_files: Write) -> None:
    assert await rows(onnx_files(), ["xyzzy"]) == [(0, 0, 1)]


async def test_a_text_without_tokens_is_the_first_axis(onnx_files: Write) -> None:
    assert await rows(onnx_files(), ["", " \n", "water"]) == [(1, 0, 0)] * 3


async def test_no_more_tokens_are_read_than_the_model_takes(onnx_files: Write) -> None:
    assert await rows(onnx_files(), ["water water " + "food " * 9000], max_tokens=2) == [(1, 0, 0)]


async def test_the_prefix_stands_before_each_text(onnx_files: Write) -> None:
    found = await rows(onnx_files(), ["water", ""], prefix="food ")

    assert found == [pytest.approx((0.2**0.5, 0.8**0.5, 0)), (0, 1, 0)]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("kind", [TensorProto.INT32, TensorProto.INT64])
async def test_a_model_is_fed_what_it_asks_for(onnx_files: Write, count: int, kind: int) -> None:
    assert await rows(onnx_files(ALL_INPUTS[:count], kind), ["food"]) == [(0, 1, 0)]


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"onnx_file": NOWHERE}, "EMBEDDING_ONNX_FILE does not name a file that can be read."),
        (
            {"onnx_sha256": WRONG},
            "EMBEDDING_ONNX_SHA256 is not the SHA-256 of what EMBEDDING_ONNX_FILE names.",
        ),
        ({"tokenizer_file": NOWHERE}, "EMBEDDING_TOKENIZER_FILE does not name a file that can be read."),
        (
            {"tokenizer_sha256": WRONG},
            "EMBEDDING_TOKENIZER_SHA256 is not the SHA-256 of what EMBEDDING_TOKENIZER_FILE names.",
        ),
    ],
)
async def test_a_file_that_is_not_what_it_was_is_named_by_its_setting(
    onnx_files: Write, change: dict[str, object], issue: str
) -> None:
    files = msgspec.structs.replace(onnx_files(), **change)

    with pytest.raises(EmbedderUnavailable) as caught:
        await onnx_embedder(files).check()

    assert str(caught.value) == issue


async def test_a_checksum_may_be_written_in_capitals(onnx_files: Write) -> None:
    files = onnx_files()

    await onnx_embedder(msgspec.structs.replace(files, onnx_sha256=files.onnx_sha256.upper() + "\n")).check()


@pytest.mark.parametrize("content", [b"", b"no model", b"{}"])
async def test_what_is_no_model_is_named_by_its_setting(onnx_files: Write, content: bytes) -> None:
    files = onnx_files()
    files.onnx_file.write_bytes(content)

    with pytest.raises(EmbedderUnavailable, match=r"^EMBEDDING_ONNX_FILE is not a model"):
        await onnx_embedder(pinned(files.onnx_file, files.tokenizer_file)).check()


@pytest.mark.parametrize("content", [b"", b"no tokenizer", b"{}"])
async def test_what_is_no_tokenizer_is_named_by_its_setting(onnx_files: Write, content: bytes) -> None:
    files = onnx_files()
    files.tokenizer_file.write_bytes(content)

    with pytest.raises(EmbedderUnavailable, match=r"^EMBEDDING_TOKENIZER_FILE is not a tokenizer"):
        await onnx_embedder(pinned(files.onnx_file, files.tokenizer_file)).check()


async def test_a_model_of_something_else_than_sentences_is_refused(onnx_files: Write) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"^EMBEDDING_ONNX_FILE has inputs other than"):
        await onnx_embedder(onnx_files(("input_ids", "pixel_values"))).check()


async def test_a_model_without_vectors_for_tokens_is_refused(onnx_files: Write) -> None:
    files = onnx_files()
    model = sentence_model(ALL_INPUTS)
    model.graph.node[-1].CopyFrom(
        helper.make_node("ReduceMean", ["found"], ["last_hidden_state"], axes=[1], keepdims=0)
    )
    model.graph.output[0].type.tensor_type.shape.dim.pop(1)
    files.onnx_file.write_bytes(model.SerializeToString())

    with pytest.raises(EmbedderUnavailable, match=r"^EMBEDDING_ONNX_FILE gives no vector"):
        await onnx_embedder(pinned(files.onnx_file, files.tokenizer_file)).check()


async def test_weights_in_a_file_without_a_checksum_are_not_read(
    onnx_files: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = onnx_files()
    onnx.save_model(
        sentence_model(ALL_INPUTS[:1]),
        files.onnx_file,
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    monkeypatch.chdir(files.onnx_file.parent)  # where onnxruntime would look for them

    with pytest.raises(EmbedderUnavailable, match=r"^EMBEDDING_ONNX_FILE is not a model"):
        await onnx_embedder(pinned(files.onnx_file, files.tokenizer_file)).check()


async def test_what_the_model_fails_with_is_not_told(
    onnx_files: Write, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(EmbedderUnavailable) as caught:
        await onnx_embedder(onnx_files()).embed([UNKNOWN_TO_THE_MODEL])

    assert caught.value.__context__ is None
    assert [record.getMessage() for record in caplog.records if record.name.startswith("qfa")] == [
        "The embedder failed with InvalidArgument."
    ]
    assert capfd.readouterr() == ("", "")
