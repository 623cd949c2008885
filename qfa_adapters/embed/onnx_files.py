"""The files of a sentence model that a deployment brings along, each held to its checksum."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec


class UnusableModelFile(ValueError):
    """The file that *setting* names cannot be used; the *issue* goes on from its name, and holds no value."""

    def __init__(self, setting: str, issue: str) -> None:
        super().__init__(f"{setting} {issue}")
        self.setting = setting
        self.issue = issue


class OnnxFiles(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a deployment says of its sentence model, as the EMBEDDING_ settings name it.

    Each SHA-256 is in hexadecimal. Reading raises UnusableModelFile, and returns the very bytes that were
    checked, so that nobody can change a file in between.
    """

    onnx_file: Path
    onnx_sha256: str
    tokenizer_file: Path
    tokenizer_sha256: str

    def model(self) -> bytes:
        """Return the model, checked."""
        return _read("EMBEDDING_ONNX", self.onnx_file, self.onnx_sha256)

    def tokenizer(self) -> bytes:
        """Return the tokenizer's JSON, checked."""
        return _read("EMBEDDING_TOKENIZER", self.tokenizer_file, self.tokenizer_sha256)


def _read(settings: str, path: Path, sha256: str) -> bytes:
    """Return what *path* holds, if it is what *sha256* says; *settings* is how both settings begin."""
    try:
        content = path.read_bytes()
    except OSError:
        raise UnusableModelFile(f"{settings}_FILE", "does not name a file that can be read.") from None
    if hashlib.sha256(content).hexdigest() != sha256.strip().lower():
        raise UnusableModelFile(f"{settings}_SHA256", f"is not the SHA-256 of what {settings}_FILE names.")
    return content
