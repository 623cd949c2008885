"""The chat completions format of OpenAI, which most providers speak."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from qfa_adapters.llm.filters import filter_categories
from qfa_adapters.llm.wire import Answer, Target, decoded, encodable, model_name, token_count
from qfa_core.errors import ContentFiltered, LLMAnswerUnusable
from qfa_core.llm import Prompt

# The second is Mistral's word for the end of the model's context.
_CUT = ("length", "model_length")


class _Part(msgspec.Struct):
    """A part of a message; reasoning models put `thinking` parts before the `text`."""

    type: str = "text"
    text: str | None = None


class _Message(msgspec.Struct):
    content: str | list[_Part] | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message = msgspec.field(default_factory=_Message)
    finish_reason: str | None = None
    content_filter_results: Any = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    model: Any = None
    usage: Any = None


def url(target: Target) -> str:
    """Return where an OpenAI-compatible server takes chat completions."""
    return f"{target.base}/chat/completions"


def azure_url(target: Target) -> str:
    """Return where an Azure OpenAI resource takes the chat completions of a deployment."""
    deployment = quote(target.model, safe="")
    return f"{target.base}/openai/deployments/{deployment}/chat/completions?{_version(target)}"


def azure_ai_url(target: Target) -> str:
    """Return where an Azure AI endpoint takes chat completions."""
    return f"{url(target)}?{_version(target)}"


def _version(target: Target) -> str:
    return urlencode({"api-version": target.version})


def payload(target: Target, prompt: Prompt, tenant_id: str) -> dict[str, Any]:
    """
    Return the body of a call, the tenant as its `user`.

    Neither temperature nor a token limit is sent: reasoning models refuse the one, and Azure's rate
    limiter counts the other as if it were used.
    """
    return {**payload_without_user(target, prompt, tenant_id), "user": tenant_id}


def payload_without_user(target: Target, prompt: Prompt, _tenant_id: str) -> dict[str, Any]:
    """Return the body of a call to a provider that refuses fields it does not know, `user` among them."""
    body: dict[str, Any] = {
        "model": target.model,
        "messages": [
            {"role": "system", "content": encodable(prompt.system)},
            {"role": "user", "content": encodable(prompt.user)},
        ],
    }
    if prompt.answer_schema is not None:
        schema = {"name": prompt.task, "schema": prompt.answer_schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def read(body: bytes) -> Answer:
    """
    Return what a successful reply says.

    Raises ContentFiltered where the filter or the model refused, LLMAnswerUnusable without any text; one that
    was cut may have none, where all went into thinking.
    """
    completion = decoded(body, _Completion)
    if completion is None or not completion.choices:
        raise LLMAnswerUnusable
    choice = completion.choices[0]
    if choice.finish_reason == "content_filter" or choice.message.refusal:
        raise ContentFiltered(categories=filter_categories(choice.content_filter_results))
    text = _text(choice.message.content)
    is_cut = choice.finish_reason in _CUT
    if not text.strip() and not is_cut:
        raise LLMAnswerUnusable
    return Answer(
        text=text,
        finish="length" if is_cut else "stop",
        model=model_name(completion.model),
        input_tokens=token_count(completion.usage, "prompt_tokens"),
        output_tokens=token_count(completion.usage, "completion_tokens"),
    )


def _text(content: str | list[_Part] | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.text or "" for part in content if part.type == "text")
