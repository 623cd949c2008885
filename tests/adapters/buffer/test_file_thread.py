"""That file work neither overlaps nor holds anybody up for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from qfa_adapters.buffer.file_thread import FileThread
from tests.adapters.buffer.waiting import until


@pytest.fixture
async def thread() -> AsyncIterator[FileThread]:
    thread = FileThread("file work")
    yield thread
    thread.stop()


async def test_pieces_are_done_one_after_another_in_one_thread_that_is_not_the_event_loops(
    thread: FileThread,
) -> None:
    order: list[tuple[int, int]] = []

    def note(number: int) -> None:
        order.append((number, threading.get_ident()))

    await asyncio.gather(*(thread.run(lambda number=number: note(number), 5) for number in range(100)))

    assert [number for number, _ in order] == list(range(100))
    assert len({ident for _, ident in order}) == 1
    assert order[0][1] != threading.get_ident()


async def test_an_error_rises_where_the_work_is_awaited_and_the_next_piece_is_done(
    thread: FileThread,
) -> None:
    with pytest.raises(ZeroDivisionError):
        await thread.run(lambda: 1 // 0, 5)

    assert await thread.run(lambda: 7, 5) == 7


async def test_work_is_refused_at_once_while_a_piece_hangs_and_taken_on_again_after_it(
    thread: FileThread,
) -> None:
    gate, done = threading.Event(), []

    def hang() -> None:
        gate.wait()
        done.append("hanging")

    first = asyncio.create_task(thread.run(hang, 0.01))
    second = asyncio.create_task(thread.run(lambda: done.append("never"), 0.01))
    for piece in (first, second):
        with pytest.raises(TimeoutError):
            await piece
    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError):
            await thread.run(lambda: done.append("never"), 3600)
    assert thread.hangs

    gate.set()
    await until(lambda: not thread.hangs)
    await thread.run(lambda: done.append("next"), 5)

    assert done == ["hanging", "next"]


async def test_a_piece_whose_caller_gave_up_while_it_hung_does_not_hide_that(thread: FileThread) -> None:
    gate, started = threading.Event(), threading.Event()

    def hang() -> None:
        started.set()
        gate.wait()

    impatient = asyncio.create_task(thread.run(hang, 3600))
    await until(started.is_set)
    impatient.cancel()

    with pytest.raises(TimeoutError):
        await thread.run(lambda: None, 0.01)

    assert thread.hangs
    gate.set()
