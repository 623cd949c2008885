"""From the bytes of a request's body to a wire struct, or to every fault in them."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from typing import Protocol, TypeVar

import msgspec

from qfa_core.errors import Fault, InvalidInput
from qfa_http.wire.faults import find_faults

T = TypeVar("T")
C_co = TypeVar("C_co", covariant=True)

MAX_FAULTS = 1000

_SMALL_BODY_BYTES = 64 * 1024  # read within a millisecond or two
_MAX_COUNTED = 50_000  # counting takes time, and nobody acts upon the difference
_BODY = "body"


class WireRequest(Protocol[C_co]):
    """A wire struct that becomes a request of the core."""

    def to_core(self) -> C_co:
        """Return the request as the use case takes it."""


async def decode_request(body: bytes, wire_type: type[WireRequest[C_co]]) -> C_co:
    """Read *body* as *wire_type*, for the core; a large one in a thread, so that no other caller waits."""
    if len(body) <= _SMALL_BODY_BYTES:
        return decode(body, wire_type).to_core()
    return await asyncio.to_thread(lambda: decode(body, wire_type).to_core())


def decode(body: bytes, wire_type: type[T]) -> T:
    """
    Read *body* as *wire_type*.

    Raises InvalidInput with every fault, `MAX_FAULTS` of them at most. The error is raised outside of
    any `except`: what msgspec and json raise holds parts of the body, and must not be chained to it.
    """
    decoded = _decode(body, wire_type)
    if decoded is not None:
        return decoded
    value = _parse(body)
    faults = _capped(find_faults(value, wire_type))
    if faults:
        raise InvalidInput(*faults)
    # A key stood there twice, and its first value, which the second one replaces, was at fault.
    return msgspec.convert(value, wire_type)


def _decode(body: bytes, wire_type: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=wire_type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _parse(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        issue = "is nested too deeply"
    except (msgspec.DecodeError, UnicodeDecodeError):
        issue = _why_unreadable(body)
    raise InvalidInput(Fault(field=_BODY, issue=issue))


def _why_unreadable(body: bytes) -> str:
    """Ask the standard library, which says where a text stops being JSON, not only that it does."""
    if not body.strip():
        return "is empty, where a JSON object is expected"
    try:
        json.loads(body.decode())
    except json.JSONDecodeError as error:
        return _malformed(error)
    except UnicodeDecodeError as error:
        return f"is not valid UTF-8, from byte {error.start + 1} on"
    except (ValueError, RecursionError):
        pass  # a number of thousands of digits, or deeper than json goes, where msgspec saw a fault earlier
    return "is not valid JSON: a number is out of range, or an escape is half of a character"


def _malformed(error: json.JSONDecodeError) -> str:
    where = f"is not valid JSON at line {error.lineno}, column {error.colno}"
    if "" < error.doc[error.pos : error.pos + 1] < " ":  # between values, white space is never at fault
        return f"{where}: line breaks and tabs inside strings must be escaped, as \\n and \\t"
    return where


def _capped(faults: Iterator[Fault]) -> tuple[Fault, ...]:
    listed = tuple(itertools.islice(faults, MAX_FAULTS))
    more = sum(1 for _ in itertools.islice(faults, _MAX_COUNTED))
    if not more:
        return listed
    number = f"{more} or more" if more == _MAX_COUNTED else f"{more}"
    return (*listed, Fault(field=_BODY, issue=f"has {number} further faults, which are not listed"))
