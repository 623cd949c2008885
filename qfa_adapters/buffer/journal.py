"""The journal of usage: calls on disk until the store has them, those of dead processes too."""

from __future__ import annotations

import errno
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from qfa_adapters.buffer.complaints import Complaints
from qfa_adapters.buffer.file_thread import FileThread
from qfa_adapters.buffer.journal_file import SUFFIX, Chunk, JournalFile
from qfa_core.errors import StoreUnavailable
from qfa_core.usage import LLMCall

T = TypeVar("T")
Write: TypeAlias = Callable[[Sequence[LLMCall]], Awaitable[None]]
Work: TypeAlias = Literal["written", "read", "adopted"]

_PROBING_SECONDS = 0.5


class JournalUnavailable(Exception):  # not a QFAError: it never leaves this package
    """The disk refused, or took too long."""


class UsageJournal:
    """
    A file in *folder* for the calls of this process, made when it is first wanted.

    Processes share *folder*: each locks its file while it lives, and `adopt` empties those of the dead.
    Where the disk refuses, every method complains; only those that say so raise. None waits longer for one
    piece of file work than *patience_seconds*. *clock* counts seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        patience_seconds: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._patience_seconds = patience_seconds
        self._complaints = Complaints(clock)
        self._thread = FileThread("usage journal")
        self._faults: frozenset[Work] = frozenset()
        self._failures = 0
        self._unreadable = 0
        # These belong to the thread; elsewhere they are only looked at.
        self._own: JournalFile | None = None
        self._adopted: JournalFile | None = None
        self._left_by_others: dict[Path, int] = {}

    @property
    def is_usable(self) -> bool:
        """Whether the last call could be written and the last chunk be read, and the disk does not hang."""
        return self._faults <= {"adopted"} and not self.hangs

    @property
    def hangs(self) -> bool:
        """Whether the disk has been busy with one piece of work for longer than the patience."""
        return self._thread.hangs

    @property
    def waiting(self) -> int:
        """How many calls of this process wait in the journal."""
        return self._own.waiting if self._own else 0

    @property
    def orphaned(self) -> int:
        """How many calls of dead processes waited when they were last looked for."""
        return sum(self._left_by_others.values())

    @property
    def failures(self) -> int:
        """How many times calls could not be appended."""
        return self._failures

    @property
    def unreadable(self) -> int:
        """How many lines were found that make no sense."""
        return self._unreadable

    async def probe(self) -> None:
        """Learn whether calls could be written, unless the last that were have told it."""
        if self._own is None or "written" in self._faults:
            with suppress(JournalUnavailable):
                await self._do("written", lambda: self._open_now().probe(), _PROBING_SECONDS)

    async def append(self, calls: Sequence[LLMCall]) -> int:
        """
        Append *calls*, all or none; return how many were left out since JSON cannot hold their text.

        Raises JournalUnavailable; then, or where it is cancelled, *calls* may be in there all the same.
        """
        try:
            if "read" in self._faults:  # what goes in would not come out
                raise JournalUnavailable
            return await self._do("written", lambda: self._open_now().append(calls))
        except JournalUnavailable:
            self._failures += 1
            raise

    async def empty(self, write: Write) -> None:
        """
        Hand the calls of this process that wait now to *write*, a chunk at a time.

        What *write* raises goes on rising, and its chunk goes on waiting. Raises JournalUnavailable.
        """
        if self._own is not None:
            await self._empty("read", self._own, write, self._own.waiting)

    async def adopt(self, write: Write) -> None:
        """
        Hand the calls of dead processes to *write*, and remove their files.

        Once it raises StoreUnavailable, what is left is only counted, and that error rises in the end.
        Raises JournalUnavailable if *folder* cannot be looked into.
        """
        away: StoreUnavailable | None = None
        for path in await self._do("adopted", self._others_now):
            with suppress(JournalUnavailable):  # of that file alone
                orphan = await self._do("adopted", partial(self._adopt_now, path))
                try:
                    if orphan is not None and away is None:
                        await self._empty("adopted", orphan, write, math.inf)
                except StoreUnavailable as error:
                    away = error
                await self._do("adopted", self._release_now)
        if away is not None:
            raise away

    async def close(self) -> None:
        """Let go of every file; one in which calls wait stays for the next start."""
        with suppress(JournalUnavailable):
            await self._do("written", self._close_now)
        self._thread.stop()

    async def _do(self, kind: Work, work: Callable[[], T], seconds: float | None = None) -> T:
        try:
            result = await self._thread.run(work, seconds or self._patience_seconds)
        except OSError as error:  # TimeoutError is one
            self._faults |= {kind}
            reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
            self._complaints.about("The usage journal could not be %s: %s.", kind, reason)
            raise JournalUnavailable from None
        self._faults -= {kind}
        return result

    async def _empty(self, kind: Work, file: JournalFile, write: Write, most: float) -> None:
        left = most
        while left > 0 and not file.is_drained:
            chunk = await self._do(kind, file.read)
            await write(chunk.calls)
            self._unreadable += chunk.unreadable
            if chunk.unreadable:
                self._complaints.about(
                    "The usage journal has lines that make no sense: %d so far.", self._unreadable
                )
            await self._do(
                "adopted" if kind == "adopted" else "written", partial(self._mark_now, file, chunk)
            )
            left -= chunk.lines

    def _open_now(self) -> JournalFile:
        """Return the own file, open; where somebody has removed it, another once it is drained."""
        if self._own is not None and self._own.is_drained and not self._own.is_in_place():
            gone, self._own = self._own, None
            gone.close()
        if self._own is None:
            self._own = JournalFile.create(self._folder)
        elif not self._own.is_in_place():
            raise FileNotFoundError(errno.ENOENT, "removed by somebody")
        return self._own

    def _mark_now(self, file: JournalFile, chunk: Chunk) -> None:
        try:
            file.mark(chunk)
        finally:
            if file is self._adopted:
                self._left_by_others = {**self._left_by_others, file.path: file.waiting}

    def _others_now(self) -> Sequence[Path]:
        """Return the files of others, of whom some may live."""
        try:
            found = {path for path in self._folder.iterdir() if path.suffix == SUFFIX}
        except FileNotFoundError:  # nobody has written anything yet
            found = set()
        own = self._own.path if self._own else None
        self._left_by_others = {path: count for path, count in self._left_by_others.items() if path in found}
        return sorted(found - {own})

    def _adopt_now(self, path: Path) -> JournalFile | None:
        self._release_now()
        self._adopted = JournalFile.adopt(path)
        left = {other: count for other, count in self._left_by_others.items() if other != path}
        self._left_by_others = left | ({path: self._adopted.waiting} if self._adopted else {})
        return self._adopted

    def _release_now(self) -> None:
        if self._adopted is not None:
            done, self._adopted = self._adopted, None
            done.close()

    def _close_now(self) -> None:
        try:
            self._release_now()
        finally:
            if self._own is not None:
                own, self._own = self._own, None
                own.close()
