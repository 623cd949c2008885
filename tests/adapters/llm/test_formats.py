"""What a provider's reply is read as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qfa_adapters.llm import anthropic_messages, openai_chat
from qfa_core.errors import ContentFiltered, LLMAnswerUnusable


def completion(content: Any, **changes: Any) -> bytes:
    choice = {"message": {"content": content}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice], **changes}).encode()


def message(*blocks: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({"content": blocks, "stop_reason": "end_turn", **changes}).encode()


def test_parts_of_an_answer_are_joined_and_thinking_left_out() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]
    parts += [{"type": "text", "text": "No "}, {"type": "text", "text": "water."}]

    assert openai_chat.read(completion(parts)).text == "No water."


def test_blocks_of_an_answer_are_joined_and_thinking_left_out() -> None:
    blocks = [{"type": "thinking", "thinking": "hm", "signature": "x"}]
    blocks += [{"type": "text", "text": "No "}, {"type": "text", "text": "water."}]

    assert anthropic_messages.read(message(*blocks)).text == "No water."


def test_the_input_of_a_tool_is_an_answer_in_json() -> None:
    body = message(
        {"type": "text", "text": "Let me see."}, {"type": "tool_use", "input": {"title": "Wasser"}}
    )

    assert json.loads(anthropic_messages.read(body).text) == {"title": "Wasser"}


@pytest.mark.parametrize(
    "usage", [None, {}, [], "many", {"prompt_tokens": "9"}, {"prompt_tokens": -1}, {"prompt_tokens": True}]
)
def test_odd_usage_figures_are_unknown(usage: object) -> None:
    answer = openai_chat.read(completion("Water", usage=usage))

    assert (answer.input_tokens, answer.output_tokens) == (None, None)


@pytest.mark.parametrize("name", [None, 7, "", "two words", "x" * 101, "-x", "gpt\n4"])
def test_odd_model_names_are_unknown(name: object) -> None:
    assert openai_chat.read(completion("Water", model=name)).model is None


@pytest.mark.parametrize("name", ["gpt-4o-2024-08-06", "llama3.1:8b", "hf.co/org/Model_7B:Q4", "a@1"])
def test_names_of_models_are_taken_over(name: str) -> None:
    assert openai_chat.read(completion("Water", model=name)).model == name


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"choices": [{"message": {"content": "\xff"}}]}',
        b'{"choices": null}',
        b'{"choices": [null]}',
        b'{"choices": [{}]}',
        completion("  \n"),
        completion([]),
        completion([{"type": "image_url"}]),
        b'{"choices": [], "usage": ' + b"[" * 100_000,
    ],
)
def test_whatever_is_no_answer_cannot_be_used(body: bytes) -> None:
    with pytest.raises(LLMAnswerUnusable) as raised:
        openai_chat.read(body)

    assert raised.value.__context__ is None


@pytest.mark.parametrize("body", [b"{}", message(), b'{"content": "text"}', message({"type": "tool_use"})])
def test_whatever_is_no_message_cannot_be_used(body: bytes) -> None:
    with pytest.raises(LLMAnswerUnusable):
        anthropic_messages.read(body)


def test_a_filtered_answer_without_a_message_is_filtered() -> None:
    with pytest.raises(ContentFiltered):
        openai_chat.read(b'{"choices": [{"finish_reason": "content_filter"}]}')


def cut_completion(reason: str, content: str | None) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}, "finish_reason": reason}]}).encode()


@pytest.mark.parametrize("content", ["All water wa", "", None])
@pytest.mark.parametrize("reason", ["length", "model_length"])
def test_an_answer_that_ends_at_a_limit_is_cut_even_if_nothing_of_it_came(
    reason: str, content: str | None
) -> None:
    answer = openai_chat.read(cut_completion(reason, content))

    assert (answer.text, answer.finish) == (content or "", "length")


@pytest.mark.parametrize("blocks", [[{"type": "text", "text": "All wa"}], [{"type": "thinking"}], []])
@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
def test_a_message_that_ends_at_a_limit_is_cut_even_if_nothing_of_it_came(
    reason: str, blocks: list[dict[str, Any]]
) -> None:
    answer = anthropic_messages.read(message(*blocks, stop_reason=reason))

    assert answer.finish == "length"
