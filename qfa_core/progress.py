"""How far long work has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

Phase = Literal["pseudonymise", "embed", "cluster", "chunk", "map", "reduce", "judge"]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """*done* of *total* steps of *phase*; a phase whose steps cannot be counted goes from 0 to 1 of 1."""

    phase: Phase
    done: int
    total: int = 1


OnProgress: TypeAlias = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """Do nothing about it."""
