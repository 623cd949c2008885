"""
Answer two questions about feedback records over HTTP, without any framework.

    pip install 'qfa[service]'                     # for uvicorn; any ASGI server does
    uvicorn asgi_service:app
    curl http://127.0.0.1:8000/summarize -H 'X-Tenant: kenya' \
        -d '{"record": {"id": "1", "content": "The well near the school is dry."}}'

It knows no keys: let it listen where only your own services reach it. Request and answer are the core's own
structs as JSON. That does where both ends are released together; across teams, write structs for the wire.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.llm.extractive import ExtractiveLLMClient
from qfa_core import (
    Ask,
    DeadlineExceeded,
    DetectSensitiveRequest,
    FeedbackTooLarge,
    LLMRateLimited,
    QFAError,
    SummarizeRequest,
)

REQUESTS = {"/summarize": SummarizeRequest, "/detect-sensitive": DetectSensitiveRequest}
STATUSES: dict[type[QFAError], int] = {FeedbackTooLarge: 413, LLMRateLimited: 429, DeadlineExceeded: 504}
OTHER_STATUS = 502  # whatever else: the language model, or what finds names, is at fault
MOST_BYTES = 1_000_000
TIMEOUT_SECONDS = 30.0

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Refused(Exception):
    """What ends a request with a status of the 400s."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class FeedbackService:
    """An ASGI application that decodes a request, asks, and encodes the answer."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(f"no {scope['type']} here")  # the protocol's way to decline
        try:
            request = await request_of(scope, receive)
            answer = await self._ask(request, tenant_id=tenant_of(scope), timeout_seconds=TIMEOUT_SECONDS)
        except Refused as refusal:
            await respond(send, refusal.status, {"error": str(refusal)})
        except QFAError as error:  # its words are safe to show: they are constants
            await respond(send, STATUSES.get(type(error), OTHER_STATUS), {"error": str(error)})
        else:
            await respond(send, 200, answer)


async def request_of(scope: Message, receive: Receive) -> SummarizeRequest | DetectSensitiveRequest:
    """Decode the request that was posted to one of the two paths."""
    kind = REQUESTS.get(scope["path"])
    if kind is None:
        raise Refused(404, f"Ask at {' or '.join(REQUESTS)}.")
    if scope["method"] != "POST":
        raise Refused(405, "Post your request.")
    body = await body_of(receive)
    try:
        request: SummarizeRequest | DetectSensitiveRequest = msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused(400, 'Send {"record": {"id": "…", "content": "…"}}.') from None
    return request


async def body_of(receive: Receive) -> bytes:
    """Read the body, in as many pieces as it comes."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BYTES:
            raise Refused(413, f"Send no more than {MOST_BYTES} bytes.")
        if not message.get("more_body"):
            return body


def tenant_of(scope: Message) -> str:
    """Return the tenant that whoever stands in front of this service names."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    return headers.get(b"x-tenant", b"default").decode("latin-1")


async def respond(send: Send, status: int, answer: object) -> None:
    """Send *answer* as JSON."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(answer)})


app = FeedbackService(Ask(ExtractiveLLMClient(), LexiconAnonymizer()))
