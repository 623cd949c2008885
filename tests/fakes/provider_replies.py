"""What the fake provider says: answers in the real formats, and every way in which they go wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# Stands in every error, refusal and page of the fake; it must turn up in no log and no answer of ours.
CANARY = "CANARY-of-the-provider"

Manner = Literal["whole", "slow", "hang", "trickle", "drop", "drop_midway"]


@dataclass
class RecordedRequest:
    """One request as it arrived; times are monotonic, *finished* is set once it was answered or given up."""

    path: str
    query: str
    headers: dict[str, str]
    body: dict[str, Any]
    connection: int
    started_at: float
    ended_at: float | None = None
    hung_up: bool = False
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def is_anthropic(self) -> bool:
        return self.path.endswith("/messages")

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema asked for, wherever the format puts it."""
        tool: dict[str, Any] = (self.body.get("tools") or [{}])[0]
        output: dict[str, Any] = self.body.get("output_config", {}).get("format", {})
        if self.is_anthropic:
            return output.get("schema") or tool.get("input_schema")
        return self._response_format.get("schema")

    @property
    def task(self) -> str | None:
        """The schema's name, which is the prompt's task; Anthropic's format has no place for it."""
        return self._response_format.get("name")

    @property
    def _response_format(self) -> dict[str, Any]:
        wanted: dict[str, Any] = self.body.get("response_format", {}).get("json_schema", {})
        return wanted


@dataclass(frozen=True)
class Reply:
    """What goes over the wire, and after how long a wait."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    manner: Manner = "whole"
    after_seconds: float = 0.0


Behaviour = Callable[[RecordedRequest, str], Reply]  # the second is the text of the answer, were all well


def conforming(schema: Mapping[str, Any], name: str = "answer") -> Any:
    """Return some value that follows *schema* (of the kind that all providers take)."""
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    if "anyOf" in schema:
        return conforming(schema["anyOf"][0], name)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: conforming(value, key) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [conforming(schema["items"], name)]
    return {"string": f"some {name}", "number": 0.8, "integer": 1, "boolean": False}.get(str(kind))


def completion(
    request: RecordedRequest,
    text: str | None,
    *,
    finish: str = "stop",
    usage: bool = True,
    refusal: str | None = None,
) -> Reply:
    """Answer in the format that was asked in; *finish* is OpenAI's word for it."""
    build = _anthropic if request.is_anthropic else _openai
    body = build(request, text, finish, refusal)
    if not usage:
        del body["usage"]
    return Reply(body=json.dumps(body).encode())


def _openai(request: RecordedRequest, text: str | None, finish: str, refusal: str | None) -> dict[str, Any]:
    is_azure = "/deployments/" in request.path
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
    severities = {"content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "gpt-4o-2024-08-06" if is_azure else request.body.get("model"),
        "choices": [{**choice, **severities} if is_azure else choice],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }


def _anthropic(
    request: RecordedRequest, text: str | None, finish: str, refusal: str | None
) -> dict[str, Any]:
    stop = {"length": "max_tokens", "content_filter": "refusal"}.get(finish, "end_turn")
    content: Any = None if text is None else [{"type": "text", "text": text}]
    if text is not None and request.body.get("tools"):
        stop = "tool_use" if stop == "end_turn" else stop
        content = [{"type": "tool_use", "id": "toolu_1", "name": "answer", "input": json.loads(text)}]
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": request.body.get("model"),
        "content": content,
        "stop_reason": "refusal" if refusal else stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 1000, "output_tokens": 100},
    }


def failing(
    status: int, code: str = "failed", *, inner: bool = False, headers: Mapping[str, str] | None = None
) -> Behaviour:
    """Answer with *status* and an error in the provider's words."""
    error: dict[str, Any] = {"code": code, "type": "fake", "param": None, "message": f"{CANARY} {status}"}
    if inner:
        results = {"hate": {"filtered": True, "severity": "high"}, "self_harm": {"filtered": False}}
        error["innererror"] = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
    reply = Reply(status, json.dumps({"error": error}).encode(), {"x-canary": CANARY, **(headers or {})})
    return lambda request, text: reply


def _body(body: bytes, content_type: str = "application/json") -> Behaviour:
    return lambda request, text: Reply(body=body, headers={"content-type": content_type})


def _manner(manner: Manner) -> Behaviour:
    def behave(request: RecordedRequest, text: str) -> Reply:
        whole = completion(request, text)
        return Reply(body=whole.body, headers=whole.headers, manner=manner)

    return behave


_WRONG_TYPES = f'{{"choices": {{"a": 1}}, "content": 7, "model": ["{CANARY}"], "usage": "{CANARY}"}}'.encode()

BEHAVIOURS: Mapping[str, Behaviour] = {
    "normal": completion,
    "fenced": lambda request, text: completion(request, f"Here you are:\n```json\n{text}\n```"),
    "no_usage": lambda request, text: completion(request, text, usage=False),
    "length": lambda request, text: completion(request, text[: len(text) // 2], finish="length"),
    "null_content": lambda request, text: completion(request, None),
    "no_choices": _body(b'{"type": "message", "content": [], "choices": [], "usage": {}}'),
    "wrong_types": _body(_WRONG_TYPES),
    "refusal": lambda request, text: completion(request, None, refusal=f"{CANARY}: I cannot help with that."),
    "filtered_answer": lambda request, text: completion(request, text[:3], finish="content_filter"),
    "filtered_prompt": failing(400, "content_filter", inner=True),
    "filtered_prompt_tersely": failing(400, "content_filter"),
    "html": _body(f"<html><body>{CANARY}</body></html>".encode(), "text/html"),
    "broken_json": _body(f'{{"choices": [{CANARY}'.encode()),
    "cut_json": lambda request, text: Reply(body=completion(request, text).body[:-40]),
    "oversized": lambda request, text: completion(request, text + " " * 33 * 1024 * 1024),
    **{str(status): failing(status) for status in (400, 401, 403, 404, 408, 409, 422, 429, 500, 503, 529)},
    "429_retry_after": failing(429, headers={"retry-after": "2"}),
    "429_retry_after_ms": failing(429, headers={"retry-after-ms": "1500", "retry-after": "9"}),
    "429_retry_after_long": failing(429, headers={"retry-after": "60"}),
    "503_retry_after_long": failing(503, headers={"retry-after": "60"}),
    "slow": _manner("slow"),
    "hang": _manner("hang"),
    "trickle": _manner("trickle"),
    "drop": _manner("drop"),
    "drop_midway": _manner("drop_midway"),
}
