"""Disks that are full or hang, and what is found on them."""

from __future__ import annotations

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
