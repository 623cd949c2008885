"""The phases of one long piece of work, as told to whoever waits for it and to the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qfa_core.budget import RequestContext
from qfa_core.progress import OnProgress, Phase, Progress

_log = logging.getLogger("qfa.analyze")


class Phases:
    """Tell how far an analysis has come, and of each phase how long it took."""

    def __init__(self, clock: Callable[[], float], context: RequestContext, on_progress: OnProgress) -> None:
        self._clock = clock
        self._context = context
        self._on_progress = on_progress

    @contextmanager
    def phase(self, phase: Phase, steps: int = 1) -> Iterator[Callable[[], None]]:
        """Time a phase of so many *steps*; what is yielded may be called after each of them."""
        started = self._clock()
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            self._on_progress(Progress(phase=phase, done=min(done, steps), total=steps))

        self._on_progress(Progress(phase=phase, done=0, total=steps))
        try:
            yield step
        finally:
            self._on_progress(Progress(phase=phase, done=steps, total=steps))
            seconds = round(self._clock() - started, 3)
            _log.info(
                "Hierarchical analysis: phase %s took %.3f s.",
                phase,
                seconds,
                extra={
                    "request_id": self._context.request_id,
                    "tenant_id": self._context.tenant_id,
                    "operation": self._context.operation,
                    "phase": phase,
                    "seconds": seconds,
                },
            )
