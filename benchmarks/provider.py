"""
A provider of language models that is always fast, for `benchmarks.http` and `benchmarks.hierarchical`.

A process of its own: it speaks OpenAI's format, answers every call after the same time, which
`PUT /latency/500` sets anew (in milliseconds), and tells what was asked at `GET /calls`.
It ends with the process that started it: as soon as its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import msgspec
import uvicorn

from qfa_http.asgi import Receive, Scope, Send
from tests.acceptance.service import ROOT, free_port
from tests.fakes.provider_replies import conforming

PROSE_CHARACTERS = 1_200
START_SECONDS = 15.0
_SUBJECTS = (
    "Many people",
    "Families near the river",
    "Women",
    "Older people",
    "Newcomers",
    "Parents",
    "Some",
)
_SAYINGS = (
    "say that the water point is out of order for weeks and that they walk far",
    "report that the ration is too small and does not last until the end of the month",
    "ask when the cash will be paid and why their card is refused",
    "have heard that the vaccine does harm, and want somebody to explain it",
    "wait for hours at the clinic and find that there is no medicine",
    "sleep in shelters that leak and ask for tarpaulins before the rains",
    "feel that the selection was unfair and that nobody tells them the criteria",
    "thank the volunteers, who come back and listen with patience",
)
_WEIGHTS = (
    "This comes up more often in the last months.",
    "It is said in a few records only.",
    "The words are strong and the mood is tired.",
    "No one from the office has answered yet.",
)


class Call(msgspec.Struct, array_like=True):
    """One LLM call: when it came and went, by the monotonic clock; *task* is "" where prose was asked for."""

    started_at: float
    ended_at: float
    task: str
    characters: int


class _Message(msgspec.Struct):
    content: str


class _Schema(msgspec.Struct):
    name: str
    schema: dict[str, Any]


class _Format(msgspec.Struct):
    json_schema: _Schema


class _Request(msgspec.Struct):
    model: str
    messages: list[_Message]
    response_format: _Format | None = None


class Provider:
    """Answer chat completions after *latency_seconds*, any number at one time."""

    def __init__(self, latency_seconds: float) -> None:
        self._latency_seconds = latency_seconds
        self._calls: list[Call] = []
        self._proses = [_prose(random.Random(seed)) for seed in range(100)]  # noqa: S311 - words, not secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request: a GET tells of the calls so far, a PUT sets the latency, all else is a call."""
        if scope["method"] == "GET":
            await _respond(send, msgspec.json.encode(self._calls))
            return
        if scope["method"] == "PUT":
            self._latency_seconds = int(scope["path"].rpartition("/")[2]) / 1000
            await _respond(send, b"{}")
            return
        started_at = time.monotonic()
        request = msgspec.json.decode(await _body(receive), type=_Request)
        characters = sum(len(message.content) for message in request.messages)
        await asyncio.sleep(started_at + self._latency_seconds - time.monotonic())
        await _respond(send, self._completion(request, characters))
        task = request.response_format.json_schema.name if request.response_format else ""
        self._calls.append(Call(started_at, time.monotonic(), task, characters))

    def _completion(self, request: _Request, characters: int) -> bytes:
        text = self._proses[len(self._calls) % len(self._proses)]
        if request.response_format is not None:
            text = msgspec.json.encode(conforming(request.response_format.json_schema.schema)).decode()
        answer = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": characters // 4, "completion_tokens": len(text) // 4}
        return msgspec.json.encode({"model": request.model, "choices": [answer], "usage": usage})


def _prose(chance: random.Random) -> str:
    text = ""
    while len(text) < PROSE_CHARACTERS:
        text += f"{chance.choice(_SUBJECTS)} {chance.choice(_SAYINGS)}. {chance.choice(_WEIGHTS)} "
    return text.strip()


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _respond(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def provider_running(latency_ms: int, port: int | None = None) -> Iterator[str]:
    """Start a provider, at *port* or a free one, wait until it listens, and give its address."""
    port = port or free_port()
    command = (sys.executable, "-m", "benchmarks.provider", str(port), str(latency_ms))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_listens(url, process)
            yield url
        finally:
            process.kill()


def calls_at(url: str) -> list[Call]:
    """Return what the provider at *url* was asked."""
    return msgspec.json.decode(
        httpx.get(f"{url}/calls", timeout=60, trust_env=False).content, type=list[Call]
    )


def set_latency(url: str, latency_ms: int) -> None:
    """Let the provider at *url* take so long for every call from now on."""
    httpx.put(f"{url}/latency/{latency_ms}", timeout=60, trust_env=False).raise_for_status()


def _wait_until_it_listens(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            calls_at(url)
        except httpx.HTTPError:
            time.sleep(0.05)  # polling a process: nothing else tells when it listens
            continue
        return
    raise RuntimeError("the provider did not start")


async def _serve(port: int, latency_seconds: float) -> None:
    # Connections are kept for as long as the service wants: one closed just as a call comes would fail it.
    config = uvicorn.Config(
        Provider(latency_seconds), port=port, lifespan="off", log_level="error", timeout_keep_alive=3_600
    )
    server = uvicorn.Server(config)
    asyncio.get_running_loop().add_reader(sys.stdin, partial(_end, server))
    await server.serve()


def _end(server: uvicorn.Server) -> None:
    server.should_exit = server.force_exit = True  # whoever waits for an answer is as good as gone


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.provider", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("latency_ms", type=int)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.latency_ms / 1000))
