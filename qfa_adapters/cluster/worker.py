"""
The process that clusters: `python -m qfa_adapters.cluster.worker COUNT DIMENSIONS MIN_SIZE`.

Reads what `wire.question` writes from its standard input, which then stays open, writes one `wire.Reply`
to its standard output, and ends. It also ends when its standard input does: the service is gone.
"""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType
from typing import NoReturn

import msgspec
import numpy as np

from qfa_adapters.cluster.numbering import number_clusters
from qfa_adapters.cluster.reduction import Vectors, reduce_vectors
from qfa_adapters.cluster.themes import find_themes
from qfa_adapters.cluster.wire import Reply

_NICENESS = 10  # the service comes first
_INPUT, _OUTPUT = 0, 1  # file descriptors


def main(count: int, dimensions: int, min_size: int) -> None:
    """Answer the one question that is put to this process."""
    sys.excepthook = _answer_with_failure
    os.nice(_NICENESS)

    def read(rows: int) -> Vectors:
        vectors = np.empty((rows, dimensions), np.float32)
        _fill(vectors.data.cast("B"))
        return vectors

    reduced = reduce_vectors(read, count)
    threading.Thread(target=_end_with_input, daemon=True).start()
    labels = find_themes(reduced, min_size=min_size)
    _answer(Reply(clustering=number_clusters(reduced, labels)))


def _fill(buffer: memoryview) -> None:
    while buffer:
        read = os.readv(_INPUT, [buffer])
        if not read:
            os._exit(1)
        buffer = buffer[read:]


def _end_with_input() -> None:
    """End this process when nobody waits for its answer any more."""
    while os.read(_INPUT, 1):
        pass
    os._exit(1)


def _answer(reply: Reply) -> NoReturn:
    left = msgspec.msgpack.encode(reply)
    while left:
        left = left[os.write(_OUTPUT, left) :]
    os._exit(0)  # to tear the interpreter down takes a while, for which the service would wait


def _answer_with_failure(kind: type[BaseException], _error: BaseException, _at: TracebackType | None) -> None:
    _answer(Reply(failure=kind.__name__))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
