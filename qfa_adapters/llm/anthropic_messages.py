"""The messages format of Anthropic."""

from __future__ import annotations

from typing import Any

import msgspec

from qfa_adapters.llm.wire import Answer, Target, decoded, encodable, model_name, token_count
from qfa_core.errors import ContentFiltered, LLMAnswerUnusable
from qfa_core.llm import Prompt

# The format wants a limit, and thinking counts towards it. Every model since Claude 4 allows 32,000;
# the rate limiter counts what is used, not the limit.
MAX_TOKENS = 16_000

_CUT = ("max_tokens", "model_context_window_exceeded")


class _Block(msgspec.Struct):
    """A block of an answer; those that are neither `text` nor `tool_use` are thinking aloud."""

    type: str
    text: str | None = None
    input: dict[str, Any] | None = None


class _Message(msgspec.Struct):
    content: list[_Block] | None = None
    stop_reason: str | None = None
    model: Any = None
    usage: Any = None


def url(target: Target) -> str:
    """Return where messages are taken; the base may or may not end in the version."""
    return f"{target.base.removesuffix('/v1')}/v1/messages"


def payload(target: Target, prompt: Prompt, tenant_id: str) -> dict[str, Any]:
    """
    Return the body of a call, the tenant as its `metadata.user_id`.

    A schema goes into `output_config`: the older way, a tool that the model is forced to use, is answered
    with a 400 by models since Claude Opus 5.5.
    https://platform.claude.com/docs/en/build-with-claude/structured-outputs
    """
    body: dict[str, Any] = {
        "model": target.model,
        "max_tokens": MAX_TOKENS,
        "system": encodable(prompt.system),
        "messages": [{"role": "user", "content": encodable(prompt.user)}],
        "metadata": {"user_id": tenant_id},
    }
    if prompt.answer_schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": prompt.answer_schema}}
    return body


def read(body: bytes) -> Answer:
    """
    Return what a successful reply says, be it text or (from a gateway in between) the input of a tool.

    Raises ContentFiltered where the model refused, LLMAnswerUnusable without any text; one that was
    cut may have none, where all went into thinking.
    """
    message = decoded(body, _Message)
    if message is None:
        raise LLMAnswerUnusable
    if message.stop_reason == "refusal":
        raise ContentFiltered
    text = _text(message.content or [])
    is_cut = message.stop_reason in _CUT
    if not text.strip() and not is_cut:
        raise LLMAnswerUnusable
    return Answer(
        text=text,
        finish="length" if is_cut else "stop",
        model=model_name(message.model),
        input_tokens=token_count(message.usage, "input_tokens"),
        output_tokens=token_count(message.usage, "output_tokens"),
    )


def _text(blocks: list[_Block]) -> str:
    for block in blocks:
        if block.type == "tool_use" and block.input is not None:
            return msgspec.json.encode(block.input).decode()
    return "".join(block.text or "" for block in blocks if block.type == "text")
