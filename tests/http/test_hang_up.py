"""Callers that go before they are answered, as ASGI tells of them."""

from __future__ import annotations

import logging

import pytest

from qfa_http.app import create_app
from qfa_http.asgi import Message, Scope
from qfa_http.container import Container
from tests.http.conftest import KEYS

SCOPE: Scope = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "path": "/v1/summarize",
    "raw_path": b"/v1/summarize",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"authorization", f"Bearer {KEYS['kenya']}".encode()), (b"content-length", b"1000")],
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 2),
}


async def test_hanging_up_while_sending_is_no_failure_of_the_service(
    container: Container, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="qfa.http")
    incoming: list[Message] = [
        {"type": "http.request", "body": b'{"feedback_record"', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await create_app(container)({**SCOPE}, receive, send)

    [line] = caplog.messages
    assert line.startswith("POST /v1/summarize hung up in ")
    assert sent == []
