"""The file that `qfa usage prune` saves LLM calls to: JSON lines, compressed if its name ends in .gz."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from qfa_core.usage import LLMCall

ENDINGS = (".jsonl", ".jsonl.gz")
_PIECE_BYTES = 1 << 20


class UsageArchive:
    """
    A file of LLM calls, one a line in JSON, that grows at its end and that only its owner may read.

    Each batch of a compressed file is compressed on its own, so that it can be read without those after it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_compressed = path.suffix == ".gz"

    def add(self, calls: Sequence[LLMCall]) -> None:
        """
        Write *calls*, and return when they have reached the disk.

        Raises OSError where they cannot be written; the file is then as it was before.
        """
        lines = b"".join(msgspec.json.encode(call) + b"\n" for call in calls)
        try:
            self._append(gzip.compress(lines) if self._is_compressed else lines)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from None

    def is_whole(self) -> bool:
        """Tell whether the file, if there is one, ends with a whole line, so that it can be added to."""
        if not self.path.exists():
            return True
        last = b"\n"
        try:
            with gzip.open(self.path) if self._is_compressed else self.path.open("rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    last = piece[-1:]
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return False
        return last == b"\n"

    def _append(self, content: bytes) -> None:
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                _write_all(descriptor, content)
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        if is_new:
            _sync_folder(self.path.parent)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync_folder(folder: Path) -> None:
    """Have the disk know of a new file, without which its content may be there and its name not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
