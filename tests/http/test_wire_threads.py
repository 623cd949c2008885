"""Where request bodies are read: the loop must go on answering others."""

from __future__ import annotations

import threading

import msgspec
import pytest

from qfa_core.errors import InvalidInput
from qfa_http.wire.decoding import decode_request

LARGE = 100_000


class Request(msgspec.Struct):
    """A request whose core form is the thread that made it."""

    text: str

    def to_core(self) -> int:
        return threading.get_ident()


async def test_a_large_body_is_read_off_the_event_loop() -> None:
    thread = await decode_request(msgspec.json.encode({"text": "x" * LARGE}), Request)

    assert thread != threading.get_ident()


async def test_a_small_body_costs_no_change_of_thread() -> None:
    thread = await decode_request(b'{"text": "x"}', Request)

    assert thread == threading.get_ident()


async def test_the_faults_of_a_large_body_are_named() -> None:
    with pytest.raises(InvalidInput) as refusal:
        await decode_request(msgspec.json.encode({"text": [0] * LARGE}), Request)

    [fault] = refusal.value.faults
    assert (fault.field, fault.issue) == ("text", "must be a string")
