"""Sending behind whoever has something to tell: a bounded queue, and a thread that empties it in batches."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from qfa_adapters.telemetry.losses import Losses

T = TypeVar("T")


class OutboxPace(msgspec.Struct, frozen=True, kw_only=True):
    """How much waits, goes at once, and for how long a batch gathers."""

    capacity: int = 8192
    batch_size: int = 512
    linger_seconds: float = 1.0


DEFAULT_PACE = OutboxPace()


class Outbox(Generic[T]):
    """
    Hand what is put in to *send*, in order, from a thread of its own; `put` never waits.

    *send* returns whether it arrived, and may take its time: what comes while the queue is full is dropped.
    What is dropped or does not arrive goes to *losses*. The SDK's own batch processor tells neither how
    much it drops, nor lets its end be bounded.
    """

    def __init__(
        self, send: Callable[[Sequence[T]], bool], losses: Losses, pace: OutboxPace = DEFAULT_PACE
    ) -> None:
        self._send = send
        self._losses = losses
        self._pace = pace
        self._waiting: deque[T] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name="qfa telemetry", daemon=True)
        self._thread.start()

    def put(self, item: T) -> None:
        """Have *item* sent, unless too much waits already."""
        if self._closing or len(self._waiting) >= self._pace.capacity:
            self._losses.add(1)
            return
        self._waiting.append(item)
        if len(self._waiting) >= self._pace.batch_size:
            self._wake.set()

    def close(self, timeout_seconds: float) -> None:
        """Send what waits, for so long and no longer; the rest is lost."""
        self._closing = True
        self._wake.set()
        self._thread.join(timeout_seconds)
        if self._thread.is_alive():
            self._given_up = True
            self._losses.add(len(self._waiting))
            self._losses.complain()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._wake.wait(self._pace.linger_seconds)
            self._wake.clear()
            is_last = self._closing
            self._send_what_waits()
            self._losses.complain()

    def _send_what_waits(self) -> None:
        while self._waiting and not self._given_up:
            size = min(len(self._waiting), self._pace.batch_size)
            batch = [self._waiting.popleft() for _ in range(size)]
            if not self._arrives(batch):
                self._losses.add(size)

    def _arrives(self, batch: Sequence[T]) -> bool:
        try:
            return self._send(batch)
        except Exception:  # noqa: BLE001 - whatever an exporter stumbles over, the next batch may arrive
            return False
