"""What the log says, and what it withholds, whoever configured logging before."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator

import msgspec
import pytest
from uvicorn.config import Config

from qfa_http.logs import configure_logging
from qfa_http.settings import LoggingSettings

CANARY = "canary-in-a-message"
LOGGERS = ("", "qfa", "uvicorn", "uvicorn.error", "uvicorn.asgi", "uvicorn.access", "py.warnings")


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    """Give every logger back what it had; logging is the process's own."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger, logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    yield
    logging.captureWarnings(False)
    for logger, level, propagate, handlers in before:
        logger.setLevel(level)
        logger.propagate = propagate
        logger.handlers = handlers


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[io.StringIO]:
    """Configure logging as `uvicorn --log-level trace qfa_http.main:app` does, and return what is written."""
    written = io.StringIO()
    Config("qfa_http.main:app", log_level="trace")
    configure_logging(LoggingSettings(level="debug"))
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(written)
    yield written
    assert capsys.readouterr() == ("", "")


def _raised() -> RuntimeError:
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as error:
        return error


def test_an_error_under_uvicorns_own_logging_is_one_line_without_its_message(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=_raised())

    [line] = log.getvalue().splitlines()
    facts = msgspec.json.decode(line)
    assert facts["logger"] == "uvicorn.error"
    assert facts["error"].startswith("RuntimeError at ")
    assert CANARY not in line


def test_uvicorns_trace_of_headers_is_never_written(log: io.StringIO) -> None:
    tracing = logging.getLogger("uvicorn.error")

    logging.getLogger("uvicorn.asgi").log(5, "headers: %s", CANARY)

    assert tracing.getEffectiveLevel() == logging.INFO
    assert log.getvalue() == ""


def test_a_librarys_warning_is_withheld_too(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning(CANARY, UserWarning, "library.py", 1)

    assert CANARY not in log.getvalue()
    assert msgspec.json.decode(log.getvalue())["logger"] == "py.warnings"


def test_the_words_of_a_library_are_withheld(log: io.StringIO) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved: %s", CANARY, exc_info=_raised())

    assert CANARY not in log.getvalue()
    assert msgspec.json.decode(log.getvalue())["message"] == "a message of this library is withheld"
