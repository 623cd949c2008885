"""How much is kept, how soon it is written, and how long anything is waited for."""

from __future__ import annotations

import msgspec


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """
    How much is kept and how soon it is written; each default suits a service.

    *capacity*: calls that may wait in memory. *batch_size*: calls written at once. *linger_seconds*: how long
    a call waits for others before it goes to the store, *journal_seconds* before it goes to the journal.
    *attempt_seconds*: how long the store may take over a batch until it counts as away. *pause_seconds*:
    between two attempts while the store or the journal is away, doubled each time up to
    *longest_pause_seconds*. *adopt_seconds*: between two looks for what dead processes left.
    *flush_seconds*: how long reading or stopping waits for writing.
    """

    capacity: int = 100_000
    batch_size: int = 500
    linger_seconds: float = 0.2
    journal_seconds: float = 0.1  # below the linger: a journal that works again is tried before the store
    attempt_seconds: float = 30.0
    pause_seconds: float = 0.5
    longest_pause_seconds: float = 5.0
    adopt_seconds: float = 30.0
    flush_seconds: float = 5.0


DEFAULT_PACE = Pace()
