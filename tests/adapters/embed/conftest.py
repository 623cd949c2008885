"""A sentence model small enough to be known by heart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from qfa_adapters.embed.onnx_files import OnnxFiles

# Word by word: the vector that the model gives it. The tokenizer knows one more, which the model does not.
VECTORS = {"<unk>": (0, 0, 1), "water": (1, 0, 0), "food": (0, 2, 0)}
UNKNOWN_TO_THE_MODEL = "Canary"
ALL_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


@pytest.fixture
def onnx_files(tmp_path: Path) -> Callable[..., OnnxFiles]:
    """Write the files of a model that has these inputs."""

    def write(inputs: Sequence[str] = ALL_INPUTS, kind: int = TensorProto.INT64) -> OnnxFiles:
        model, tokenizer = tmp_path / "model.onnx", tmp_path / "tokenizer.json"
        model.write_bytes(sentence_model(inputs, kind).SerializeToString())
        word_tokenizer().save(str(tokenizer))
        return pinned(model, tokenizer)

    return write


def pinned(model: Path, tokenizer: Path) -> OnnxFiles:
    """Return the files with the checksums that they have."""
    return OnnxFiles(
        onnx_file=model,
        onnx_sha256=hashlib.sha256(model.read_bytes()).hexdigest(),
        tokenizer_file=tokenizer,
        tokenizer_sha256=hashlib.sha256(tokenizer.read_bytes()).hexdigest(),
    )


def word_tokenizer() -> Tokenizer:
    words = {word: number for number, word in enumerate([*VECTORS, UNKNOWN_TO_THE_MODEL])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))  # noqa: S106, no secret
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.enable_padding(length=8)  # as many files do, and as would spoil the mean
    return tokenizer


def sentence_model(inputs: Sequence[str], kind: int = TensorProto.INT64) -> onnx.ModelProto:
    """Return a model that looks each token up; further inputs have to be there, and change nothing."""
    nodes = [helper.make_node("Gather", ["vectors", "input_ids"], ["found"])]
    output = "found"
    for name in inputs[1:]:
        nodes += [
            helper.make_node("Cast", [name], [f"{name}_number"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_number", "nothing"], [f"{name}_nothing"]),
            helper.make_node("Unsqueeze", [f"{name}_nothing", "last"], [f"{name}_axis"]),
            helper.make_node("Add", [output, f"{name}_axis"], [f"with_{name}"]),
        ]
        output = f"with_{name}"
    nodes.append(helper.make_node("Identity", [output], ["last_hidden_state"]))
    weights = {
        "vectors": np.array(list(VECTORS.values()), dtype=np.float32),
        "nothing": np.array(0, dtype=np.float32),
        "last": np.array([2], dtype=np.int64),
    }
    graph = helper.make_graph(
        nodes,
        "sentence model",
        [helper.make_tensor_value_info(name, kind, ["texts", "tokens"]) for name in inputs],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", 3])],
        [numpy_helper.from_array(weight, name) for name, weight in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
