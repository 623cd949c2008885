"""A file of calls, one JSON line each, that a process holds under a lock while it lives."""

from __future__ import annotations

import errno
import os
import sys
import uuid
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

import msgspec

from qfa_core.usage import LLMCall

SUFFIX = ".jsonl"
CHUNK_BYTES = 1_000_000
SHRINK_BYTES = 16 * CHUNK_BYTES

_TRIES = 100
_BLANK_LINES = b"\n" * 4096  # a block: a few bytes may fit onto a disk that is full
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(LLMCall)


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Calls read from a file, and how many lines they stand on; *end* is where reading goes on."""

    calls: tuple[LLMCall, ...]
    lines: int
    unreadable: int
    end: int


class JournalFile:
    """
    Calls on disk, in order: appended at the end, read from the front.

    What has been read and written to the store is given up by `mark`; once that is all, the file is emptied.
    Nothing waits for the disk itself (no fsync): the death of a process or a container loses nothing, that
    of the machine may. Methods raise OSError and leave the file in order, except that `close` closes it.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        """Take over *descriptor*, which must hold the lock; `create` and `adopt` see to that."""
        self.path = path
        self.waiting = 0
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._read = 0

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make a file in *folder*, and *folder* where it is missing, that only their owner may read."""
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        for _ in range(_TRIES):
            path = folder / f"{uuid.uuid4()}{SUFFIX}"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                file = cls._locked(path, descriptor)
            except OSError:  # the file system has no locks: leave no litter
                path.unlink(missing_ok=True)
                raise
            if file is not None:
                return file
        raise OSError(errno.EAGAIN, "others take every new file for one of the dead")

    @classmethod
    def adopt(cls, path: Path) -> Self | None:
        """Open the file of a process that is dead and count its lines; None where it lives or all is gone."""
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        file = cls._locked(path, descriptor)
        if file is not None:
            file.waiting = file._count_lines()
        return file

    @classmethod
    def _locked(cls, path: Path, descriptor: int) -> Self | None:
        with ExitStack() as undo:
            undo.callback(os.close, descriptor)
            # Between opening and locking, another process may have adopted the file and unlinked it.
            if not _lock(descriptor) or not _is_at(path, descriptor):
                return None
            file = cls(path, descriptor)
            undo.pop_all()
            return file

    @property
    def is_drained(self) -> bool:
        """Whether nothing is left to be read."""
        return self._read >= self._size

    def is_in_place(self) -> bool:
        """Say whether the file still goes by its path, so that others would find it."""
        return _is_at(self.path, self._descriptor)

    def append(self, calls: Sequence[LLMCall]) -> int:
        """Append *calls*, all or none; return how many were left out since JSON cannot hold their text."""
        lines = [line for line in map(_line, calls) if line is not None]
        data = b"".join(lines)
        self._append(data)
        self._size += len(data)
        self.waiting += len(lines)
        return len(calls) - len(lines)

    def probe(self) -> None:
        """Write something and take it back."""
        self._append(_BLANK_LINES)
        os.ftruncate(self._descriptor, self._size)

    def read(self) -> Chunk:
        """Return the calls next in line, up to a megabyte of them; lines that make no sense are counted."""
        block = os.pread(self._descriptor, min(CHUNK_BYTES, self._size - self._read), self._read)
        if not block:  # somebody else has shortened the file
            return Chunk(calls=(), lines=0, unreadable=0, end=self._size)
        # Without any line break it is a torn last line, or nothing of ours.
        whole = block[: block.rfind(b"\n") + 1] or block
        lines = [line for line in whole.split(b"\n") if line]
        calls = tuple(call for call in map(_call, lines) if call is not None)
        return Chunk(
            calls=calls,
            lines=len(lines),
            unreadable=len(lines) - len(calls),
            end=self._read + len(whole),
        )

    def mark(self, chunk: Chunk) -> None:
        """Give up *chunk*, which was read last: the store has it."""
        self._read = chunk.end
        self.waiting = max(0, self.waiting - chunk.lines)
        rest = self._size - self._read
        if rest <= 0:
            self.waiting = 0
            os.ftruncate(self._descriptor, 0)
            self._size = self._read = 0
        elif self._read >= SHRINK_BYTES and rest <= CHUNK_BYTES:
            self._move_to_front(rest)

    def close(self) -> None:
        """Let go of the file, and remove it if nothing is left in it."""
        try:
            if self.is_drained and self.is_in_place():
                self.path.unlink()  # while the lock is held: nobody else adopts it in between
        finally:
            os.close(self._descriptor)
            self._descriptor = -1  # its number may soon be another file's

    def _move_to_front(self, rest: int) -> None:
        """
        Shrink a file that is never drained, since calls come in as fast as they go out.

        Whoever dies half-way leaves the calls in twice, which the store ignores.
        """
        data = os.pread(self._descriptor, rest, self._read)
        self._write(data, 0)
        os.ftruncate(self._descriptor, len(data))
        self._size, self._read = len(data), 0

    def _append(self, data: bytes) -> None:
        """Write *data* beyond the size, which is left as it is."""
        try:
            self._write(data, self._size)
        except OSError:
            with suppress(OSError):  # where that fails, too, the next try overwrites what was written
                os.ftruncate(self._descriptor, self._size)
            raise

    def _write(self, data: bytes, position: int) -> None:
        view = memoryview(data)
        while view:
            count = os.pwrite(
                self._descriptor, view, position
            )  # fewer than all, where the disk is filling up
            view, position = view[count:], position + count

    def _count_lines(self) -> int:
        return sum(
            os.pread(self._descriptor, CHUNK_BYTES, start).count(b"\n")
            for start in range(0, self._size, CHUNK_BYTES)
        )


def _line(call: LLMCall) -> bytes | None:
    try:
        return _encoder.encode(call) + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which no store takes either
        return None


def _call(line: bytes) -> LLMCall | None:
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _lock(descriptor: int) -> bool:
        """Refuse: without locks, the files of the living cannot be told from those of the dead."""
        raise OSError(errno.ENOLCK, "no locks here")

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Lock until *descriptor* is closed or the process dies; False where another holds the lock."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # the latter over SMB, where App Service keeps /home
            return False
        return True
