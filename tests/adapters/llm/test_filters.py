from __future__ import annotations

import json
from typing import Any

import pytest

from qfa_adapters.llm import openai_chat
from qfa_adapters.llm.errors import failure_of_status
from qfa_adapters.llm.filters import filter_categories
from qfa_core.errors import ContentFiltered

FOUND = {"filtered": True, "severity": "high"}
NOTHING = {"filtered": False, "severity": "safe"}


@pytest.mark.parametrize(
    ("reply", "categories"),
    [
        ({"hate": FOUND, "violence": NOTHING}, ("hate",)),
        ({"self-harm": FOUND, "sexual": FOUND}, ("self_harm", "sexual")),
        (
            {"error": {"innererror": {"content_filter_result": {"jailbreak": {"detected": True}}}}},
            ("jailbreak",),
        ),
        ({"prompt_filter_results": [{"content_filter_results": {"sexual": FOUND}}]}, ("sexual",)),
        ({"secret words of the provider": FOUND, "hate": "yes"}, ()),
        ({"hate": True}, ()),
        (None, ()),
        ("hate", ()),
    ],
)
def test_only_categories_that_we_know_and_that_were_found_are_taken(
    reply: Any, categories: tuple[str, ...]
) -> None:
    assert filter_categories(reply) == categories


def test_a_reply_of_endless_depth_is_not_walked_to_its_end() -> None:
    deep: Any = {"hate": FOUND}
    for _ in range(100):
        deep = {"x": deep}

    assert filter_categories(deep) == ()


def test_a_refused_prompt_tells_its_categories() -> None:
    error = {"code": "content_filter", "innererror": {"content_filter_result": {"violence": FOUND}}}
    failure = failure_of_status(400, json.dumps({"error": error}).encode(), None)

    assert isinstance(failure.error, ContentFiltered)
    assert failure.error.categories == ("violence",)


def test_a_refused_answer_tells_its_categories() -> None:
    choice = {"finish_reason": "content_filter", "content_filter_results": {"sexual": FOUND}}
    with pytest.raises(ContentFiltered) as caught:
        openai_chat.read(json.dumps({"choices": [choice]}).encode())

    assert caught.value.categories == ("sexual",)
