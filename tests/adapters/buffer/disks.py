"""Disks that are full or hang, and what is found on them."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PosixPath
from typing import Any


@contextmanager
def full_disk(file_bytes: int = 0) -> Iterator[None]:
    """Let no file of this process grow beyond *file_bytes*: a write stops there, the next one fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def unreadable(path: Path) -> Iterator[None]:
    """Let the file at *path*, which this process holds open, be written to, but not read."""
    descriptor = next(number for number in range(3, 1_000) if _is_open_at(number, path))
    readable, write_only = os.dup(descriptor), os.open(path, os.O_WRONLY)
    os.dup2(write_only, descriptor, inheritable=False)
    os.close(write_only)
    try:
        yield
    finally:
        os.dup2(readable, descriptor, inheritable=False)
        os.close(readable)


def _is_open_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


class HangingFolder(PosixPath):
    """A folder that cannot be made until *mended* is set: whoever tries hangs."""

    mended = threading.Event()  # of the class: a path has no room for it, and its parents hang, too

    def mkdir(self, *args: Any, **kwargs: Any) -> None:
        self.mended.wait()
        super().mkdir(*args, **kwargs)


def hanging(folder: Path) -> HangingFolder:
    """Return *folder* on a disk that hangs."""
    HangingFolder.mended = threading.Event()
    return HangingFolder(folder)


def files_in(folder: Path) -> list[Path]:
    """Return the files in *folder*, none where there is no such folder."""
    return sorted(folder.iterdir()) if folder.exists() else []
