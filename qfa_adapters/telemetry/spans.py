"""Spans that know their request, and say of an error its class alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.context import Context, attach, create_key, detach, get_value, set_value
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context

from qfa_adapters.telemetry import names

Value = str | bool | int | float | list[str] | None

_REQUEST_ID = create_key("qfa-request-id")


def set_facts(span: Span, facts: Mapping[str, Value]) -> None:
    """Put on *span* what is known of *facts*."""
    span.set_attributes(_known(facts))


def _known(facts: Mapping[str, Value]) -> dict[str, str | bool | int | float | list[str]]:
    return {name: value for name, value in facts.items() if value is not None}


def error_name(error: BaseException) -> str:
    """Return the name under which usage, too, accounts for what *error* ended."""
    return "Cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__


def set_error(span: Span, name: str) -> None:
    """Mark *span* as failed by an error of that class; no message goes with it."""
    set_facts(span, {names.ERROR_TYPE: name, names.ERROR: name})
    span.set_status(Status(StatusCode.ERROR))


def request_id() -> str | None:
    """Return the id of the request that the current span belongs to, None outside of one."""
    found = get_value(_REQUEST_ID)
    return found if isinstance(found, str) else None


@contextmanager
def span_of(
    tracer: Tracer,
    name: str,
    kind: SpanKind,
    facts: Mapping[str, Value],
    *,
    parent: Context | None = None,
    request_id: str | None = None,
) -> Iterator[Span]:
    """
    Make a span the current one while the block runs, below the current one unless *parent* is given.

    Tasks started within see it as theirs. What ends the block is noted by its class, and rises.
    """
    span = tracer.start_span(name, parent, kind, _known(facts))
    context = set_span_in_context(span)
    if request_id is not None:
        context = set_value(_REQUEST_ID, request_id, context)
    token = attach(context)
    try:
        yield span
    except BaseException as error:  # whatever it is goes on rising
        set_error(span, error_name(error))
        raise
    finally:
        detach(token)
        span.end()
