"""What the log says, and what it withholds, whoever configured logging before."""

from __future__ import annotations

import io
import logging
import logging.handlers
import warnings
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from uvicorn.config import Config

from qfa_http.logs import configure_logging, logging_to
from qfa_http.settings import LoggingSettings
from tests.http.requests import ON_SAVING

CANARY = "canary-in-a-message"
LOGGERS = (
    *("", "qfa", "uvicorn", "uvicorn.error", "uvicorn.asgi", "uvicorn.access", "py.warnings"),
    *("opentelemetry", "azure.monitor", "urllib3"),
)


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


async def test_the_line_of_a_request_tells_its_facts_as_fields(
    log: io.StringIO, caller: httpx.AsyncClient
) -> None:
    response = await caller.post("/v1/summarize", json=ON_SAVING)

    facts = msgspec.json.decode(log.getvalue().splitlines()[-1])
    assert facts.pop("duration_ms") > 0
    del facts["time"], facts["message"]
    assert facts == {
        "level": "info",
        "logger": "qfa.http",
        "request_id": response.headers["X-Request-ID"],
        "tenant_id": "kenya",
        "operation": "summarize",
        "method": "POST",
        "route": "/v1/summarize",
        "status": 200,
    }


async def test_the_line_of_a_refused_request_tells_its_code_and_nothing_that_was_sent(
    log: io.StringIO, caller: httpx.AsyncClient
) -> None:
    await caller.request(CANARY.upper(), f"/{CANARY}?{CANARY}", headers={"user-agent": CANARY})

    [line] = log.getvalue().splitlines()
    facts = msgspec.json.decode(line)
    assert (facts["error_code"], facts["status"], facts["method"]) == ("not_found", 404, "_OTHER")
    assert CANARY not in line.lower()


async def test_each_llm_call_is_a_line_at_debug(log: io.StringIO, caller: httpx.AsyncClient) -> None:
    response = await caller.post("/v1/summarize", json=ON_SAVING)

    lines = [msgspec.json.decode(line) for line in log.getvalue().splitlines()]
    calls = [facts for facts in lines if facts["logger"] == "qfa.usage"]
    assert len(calls) == 2
    for facts in calls:
        assert (facts["level"], facts["tenant_id"], facts["operation"]) == ("debug", "kenya", "summarize")
        assert facts["request_id"] == response.headers["X-Request-ID"]
        assert facts["duration_ms"] >= 0


def test_only_facts_that_are_known_by_name_are_written(log: io.StringIO) -> None:
    logging.getLogger("qfa.http").info("a line", extra={"tenant_id": "kenya", "content": CANARY})

    assert msgspec.json.decode(log.getvalue())["tenant_id"] == "kenya"
    assert CANARY not in log.getvalue()


@pytest.mark.parametrize(
    "name", ["opentelemetry.sdk", "azure.monitor.opentelemetry.exporter", "urllib3.pool"]
)
def test_telemetry_that_does_not_arrive_is_not_told_by_its_libraries(log: io.StringIO, name: str) -> None:
    logging.getLogger(name).error(CANARY)

    assert log.getvalue() == ""


def test_a_line_goes_to_whoever_listens_while_they_do(log: io.StringIO) -> None:
    heard = logging.handlers.BufferingHandler(10)
    with logging_to(heard):
        logging.getLogger("qfa.http").info("heard")
    logging.getLogger("qfa.http").info("not heard")

    assert [record.getMessage() for record in heard.buffer] == ["heard"]
    assert len(log.getvalue().splitlines()) == 2
