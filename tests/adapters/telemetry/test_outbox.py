"""Sending behind whoever has something to tell."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from qfa_adapters.telemetry.losses import Losses
from qfa_adapters.telemetry.outbox import Outbox, OutboxPace

PACE = OutboxPace(capacity=4, batch_size=2, linger_seconds=0.01)


class Post:
    """A way of sending that can be held up, and can fail."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.fails: bool | Exception = False
        self.is_open = threading.Event()
        self.is_open.set()
        self.asked = threading.Event()

    def __call__(self, batch: Sequence[int]) -> bool:
        self.asked.set()
        self.is_open.wait(20)
        if isinstance(self.fails, Exception):
            raise self.fails
        if not self.fails:
            self.batches.append(list(batch))
        return not self.fails


@pytest.fixture
def post() -> Iterator[Post]:
    post = Post()
    yield post
    post.is_open.set()


@pytest.fixture
def losses() -> Losses:
    return Losses("spans")


def held_up(post: Post, losses: Losses) -> Outbox[int]:
    """Return an outbox whose first batch, of 0 and 1, is on its way and does not arrive."""
    post.is_open.clear()
    outbox = Outbox(post, losses, OutboxPace(capacity=4, batch_size=2, linger_seconds=60))
    outbox.put(0)
    outbox.put(1)
    assert post.asked.wait(10)
    return outbox


def test_what_is_put_in_arrives_in_order_and_in_batches(post: Post, losses: Losses) -> None:
    outbox = held_up(post, losses)
    for number in (2, 3, 4):
        outbox.put(number)

    post.is_open.set()
    outbox.close(10)

    assert post.batches == [[0, 1], [2, 3], [4]]
    assert losses.total == 0


def test_what_finds_the_queue_full_is_dropped_and_counted(post: Post, losses: Losses) -> None:
    outbox = held_up(post, losses)

    for number in range(2, 9):
        outbox.put(number)

    assert losses.total == 3
    post.is_open.set()
    outbox.close(10)
    assert post.batches == [[0, 1], [2, 3], [4, 5]]


def test_putting_in_never_waits_for_the_far_end(post: Post, losses: Losses) -> None:
    outbox = held_up(post, losses)

    started = time.perf_counter()
    for number in range(10_000):
        outbox.put(number)

    assert time.perf_counter() - started < 1
    post.is_open.set()
    outbox.close(10)


def test_closing_ends_in_time_however_slow_the_far_end(post: Post, losses: Losses) -> None:
    outbox = held_up(post, losses)
    outbox.put(2)

    started = time.perf_counter()
    outbox.close(0.1)

    assert time.perf_counter() - started < 2
    assert losses.total == 1


def test_what_was_given_up_is_not_sent_after_all(post: Post, losses: Losses) -> None:
    outbox = held_up(post, losses)
    outbox.put(2)
    outbox.close(0.1)

    post.is_open.set()
    outbox.close(10)

    assert post.batches == [[0, 1]]


def test_what_comes_after_the_end_is_counted_as_lost(post: Post, losses: Losses) -> None:
    outbox = Outbox(post, losses, PACE)
    outbox.close(10)

    outbox.put(1)

    assert losses.total == 1
    assert post.batches == []


@pytest.mark.parametrize("failure", [True, RuntimeError("canary")])
def test_a_batch_that_does_not_arrive_is_counted_and_the_next_one_goes(
    post: Post, losses: Losses, failure: bool | Exception
) -> None:
    outbox = held_up(post, losses)
    post.fails = failure
    post.is_open.set()
    outbox.close(10)
    after = Outbox(post, losses, PACE)
    post.fails = False
    after.put(7)
    after.close(10)

    assert losses.total == 2
    assert post.batches == [[7]]


def test_losses_are_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    losses = Losses("spans", clock=lambda: now)
    losses.add(3)
    losses.complain()
    losses.add(4)
    losses.complain()
    now += 61
    losses.complain()
    now += 61
    losses.complain()

    assert [record.getMessage() for record in caplog.records] == [
        "Telemetry is lost: 3 spans did not arrive.",
        "Telemetry is lost: 4 spans did not arrive.",
    ]
