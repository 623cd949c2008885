"""Any sentence model that was exported to ONNX, with a tokenizer.json."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, NodeArg, SessionOptions
from onnxruntime.capi import onnxruntime_pybind11_state as runtime
from tokenizers import Tokenizer

from qfa_adapters.embed.onnx_files import OnnxFiles, UnusableModelFile
from qfa_adapters.embed.sentence_model import SentenceModel
from qfa_adapters.embed.vectors import unit_rows

_REFUSALS = (
    runtime.Fail,
    runtime.InvalidArgument,
    runtime.InvalidGraph,
    runtime.InvalidProtobuf,
    runtime.NotImplemented,
    runtime.RuntimeException,
)
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
_AXES = 3  # text, token, dimension
_SILENT = 4  # it would log to standard error, past our own rules for logs


class OnnxModel(SentenceModel):
    """
    Runs the model of *files*: the mean of its tokens' vectors is the text's.

    *prefix* is put before each text, *max_tokens* are read of it. Texts run one at a time: in a batch, those
    beside a text would change its vector where the model is quantised dynamically, and nothing is gained.
    """

    characters_read = 4_000
    characters_at_a_time = 2_000

    def __init__(self, files: OnnxFiles, *, max_tokens: int, prefix: str) -> None:
        self._prefix = prefix
        self._tokenizer = _load_tokenizer(files, max_tokens)
        self._session = _load_session(files)
        self._inputs = _inputs_of(self._session)
        self._output = _output_of(self._session)
        self.dimensions = self._mean([0], [1], [0]).shape[0]

    def encode(self, texts: Sequence[str]) -> bytes:
        return unit_rows(np.stack([self._vector(text) for text in texts]))

    def _vector(self, text: str) -> NDArray[np.float32]:
        tokens = self._tokenizer.encode(self._prefix + text)
        if not tokens.ids:
            return np.zeros(self.dimensions, dtype=np.float32)
        return self._mean(tokens.ids, tokens.attention_mask, tokens.type_ids)

    def _mean(self, ids: list[int], mask: list[int], types: list[int]) -> NDArray[np.float32]:
        """Return the mean of the vectors that the model gives the tokens whose *mask* is 1."""
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        feed = {name: np.array([values[name]], dtype=kind) for name, kind in self._inputs.items()}
        (states,) = self._session.run([self._output], feed)
        attended: NDArray[np.float32] = states[0].astype(np.float32)[np.array(mask, dtype=bool)]
        mean: NDArray[np.float32] = attended.mean(axis=0)
        return mean


def _load_tokenizer(files: OnnxFiles, max_tokens: int) -> Tokenizer:
    content = files.tokenizer()
    try:
        tokenizer = Tokenizer.from_buffer(content)
    except ValueError:
        raise UnusableModelFile("EMBEDDING_TOKENIZER_FILE", "is not a tokenizer.json.") from None
    tokenizer.enable_truncation(max_length=max_tokens)
    tokenizer.no_padding()
    return tokenizer


def _load_session(files: OnnxFiles) -> InferenceSession:
    """Load the model for one native thread: our own threads are what runs side by side."""
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _SILENT
    # A model may keep its weights in files beside it, which no checksum was given for: there are none here.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
    content = files.model()
    try:
        return InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except _REFUSALS:
        raise UnusableModelFile("EMBEDDING_ONNX_FILE", "is not a model that onnxruntime can run.") from None


def _inputs_of(session: InferenceSession) -> dict[str, type[np.int32] | type[np.int64]]:
    """Return what the model wants to be fed, and as what kind of number."""
    inputs: Sequence[NodeArg] = session.get_inputs()
    if not {entry.name for entry in inputs} <= _INPUTS:
        issue = f"has inputs other than {', '.join(sorted(_INPUTS))}."
        raise UnusableModelFile("EMBEDDING_ONNX_FILE", issue)
    return {entry.name: np.int32 if entry.type == "tensor(int32)" else np.int64 for entry in inputs}


def _output_of(session: InferenceSession) -> str:
    """Return the name of the output that has a vector a token."""
    outputs: Sequence[NodeArg] = session.get_outputs()
    for entry in outputs:
        if len(entry.shape) == _AXES:
            return str(entry.name)
    raise UnusableModelFile("EMBEDDING_ONNX_FILE", "gives no vector for each token.")
