"""The log's lines, sent on as they are written: the same facts, and nothing else of a record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import get_current
from opentelemetry.sdk._logs import LoggerProvider

FactsOf = Callable[[logging.LogRecord], Mapping[str, str | float]]

_SEVERITIES = {
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warning": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "critical": SeverityNumber.FATAL,
}
_SAID_ELSEWHERE = ("time", "level", "logger", "message")


class TelemetryHandler(logging.Handler):
    """Send what *facts_of* a record may leave the process; each fact becomes an attribute `qfa.…`."""

    def __init__(self, provider: LoggerProvider, facts_of: FactsOf) -> None:
        super().__init__()
        self._provider = provider
        self._facts_of = facts_of

    def emit(self, record: logging.LogRecord) -> None:
        """Put one line into the queue; never waits."""
        facts = self._facts_of(record)
        level = str(facts["level"])
        self._provider.get_logger(str(facts["logger"])).emit(
            LogRecord(
                timestamp=int(record.created * 1e9),
                context=get_current(),
                severity_text=level,
                severity_number=_SEVERITIES.get(level, SeverityNumber.UNSPECIFIED),
                body=facts["message"],
                attributes={
                    f"qfa.{name}": value for name, value in facts.items() if name not in _SAID_ELSEWHERE
                },
            )
        )
