"""
Log lines that give nothing away.

Our own messages are constants and ids. What a library has to say may quote a text, an address
or a key: its words are withheld, and of an exception only its type and where it was raised is told.
"""

from __future__ import annotations

import datetime as dt
import logging
import logging.config
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from qfa_http.settings import LoggingSettings

_TRUSTED = ("qfa", "uvicorn")
_WITHHELD = "a message of this library is withheld"
# What the lines of ours may tell beside their message. What an `extra` holds under another name is left out.
EXTRAS = (
    "request_id",
    "tenant_id",
    "operation",
    "method",
    "route",
    "status",
    "duration_ms",
    "error_code",
    "model",
    "attempt",
    "provider_status",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "failure",
    "phase",
    "seconds",
)
# Their warnings are about telemetry that does not arrive, of which a line of ours tells, once a minute.
_UNHEARD = ("opentelemetry", "azure.monitor", "urllib3")


def configure_logging(settings: LoggingSettings) -> None:
    """Send our lines to stderr at the level wanted, those of libraries from warnings on."""
    server_level = "INFO" if settings.level in ("debug", "info") else "WARNING"
    logging.captureWarnings(True)  # those of libraries may quote values: as log lines they are withheld
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": {"()": JSONLines if settings.format == "json" else TextLines}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {
                "qfa": {"level": settings.level.upper()},
                # Set throughout: uvicorn, started by itself, has configured its loggers already, and at its
                # level `trace` it writes out headers, keys among them.
                "uvicorn": {"level": server_level, "propagate": True},
                "uvicorn.error": {"level": server_level},
                "uvicorn.asgi": {"level": server_level},
                "uvicorn.access": {"handlers": [], "propagate": False},  # we write a line of our own
                **{name: {"level": "CRITICAL"} for name in _UNHEARD},
            },
        }
    )


@contextmanager
def logging_to(handler: logging.Handler) -> Iterator[None]:
    """Have every line that is written go to *handler*, too, while the context lasts."""
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class JSONLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return msgspec.json.encode(facts_of(record)).decode()


class TextLines(logging.Formatter):
    """One line for people."""

    def format(self, record: logging.LogRecord) -> str:
        facts = facts_of(record)
        head = f"{facts.pop('time')} {facts.pop('level'):7} {facts.pop('message')}"
        return " ".join((head, *(f"{name}={value}" for name, value in facts.items())))


def facts_of(record: logging.LogRecord) -> dict[str, str | float]:
    """Return all of *record* that may leave the process: time, level, logger and message come first."""
    facts: dict[str, str | float] = {
        "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage() if record.name.split(".")[0] in _TRUSTED else _WITHHELD,
    }
    facts |= {name: value for name in EXTRAS if (value := getattr(record, name, None)) is not None}
    if record.exc_info and record.exc_info[1]:
        facts["error"] = place_of(record.exc_info[1])
    return facts


def place_of(error: BaseException) -> str:
    """Return the type of *error* and the frames it came through, without its message or any value."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"
