"""What of the telemetry never arrived."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger("qfa.telemetry")
_SECONDS_OF_QUIET = 60.0


class Losses:
    """Count what is lost of *what* (spans, logs, metrics), from any thread; *clock* counts seconds."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.what = what
        self._clock = clock
        self._lock = threading.Lock()
        self._total = 0
        self._told = 0
        self._quiet_until = float("-inf")

    @property
    def total(self) -> int:
        """How many were lost since the start."""
        return self._total

    def add(self, number: int) -> None:
        """Count so many more."""
        with self._lock:
            self._total += number

    def complain(self) -> None:
        """Log what was lost since it was last told, once a minute at most."""
        now, total = self._clock(), self._total
        if total > self._told and now >= self._quiet_until:
            self._quiet_until = now + _SECONDS_OF_QUIET
            _log.warning("Telemetry is lost: %d %s did not arrive.", total - self._told, self.what)
            self._told = total
