"""A thread for file work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class FileThread:
    """
    Do file work off the event loop, one piece after another, in a thread of its own.

    Not `asyncio.to_thread`: its few threads are shared with work that takes long, such as finding names, and
    Python waits for them at its end, however long a disk hangs. Pieces never overlap: they need no locks.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._pieces: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._current: Future[Any] | None = None
        self._overdue: Future[Any] | None = None

    @property
    def hangs(self) -> bool:
        """Whether a piece that took too long still runs."""
        return self._overdue is not None and not self._overdue.done()

    async def run(self, work: Callable[[], T], seconds: float) -> T:
        """
        Return what *work* returns, or raise what it raises; meanwhile other tasks go on.

        Raises TimeoutError after *seconds*. What the thread is busy with then goes on to its end; until that
        comes all work is refused at once, so that a disk that hangs does not make a heap of it.
        """
        if self.hangs:
            raise TimeoutError
        future: Future[T] = Future()
        self._pieces.put((work, future))
        self._start()
        try:
            # Not wait_for, which swallows a cancellation that comes together with the result (before 3.12).
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            self._overdue = self._current  # not always *future*, which may have waited for its turn
            raise

    def stop(self) -> None:
        """End the thread after the work that it has; do not wait for that."""
        self._pieces.put(None)
        self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._do(*piece)
            del piece  # while the thread idles, it holds on to nothing

    def _do(self, work: Callable[[], T], future: Future[T]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        self._current = future
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it rises where the work is awaited
            future.set_exception(error)
        self._current = None
