"""Errors in the log that do not flood it."""

from __future__ import annotations

import logging
from collections.abc import Callable

_logger = logging.getLogger("qfa.usage")
_SECONDS_OF_QUIET = 60.0


class Complaints:
    """Log errors, each at most once a minute; *clock* counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._quiet_until: dict[str, float] = {}

    def about(self, message: str, *facts: int | str) -> None:
        """Log *message*, which tells *facts*, unless it was logged within the last minute."""
        now = self._clock()
        if now >= self._quiet_until.get(message, now):
            self._quiet_until[message] = now + _SECONDS_OF_QUIET
            _logger.error(message, *facts)
