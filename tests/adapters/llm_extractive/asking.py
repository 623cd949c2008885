"""Ask the extractive stand-in, and hold its answers against the schema that they were asked in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from qfa_adapters.llm.extractive import ExtractiveLLMClient
from qfa_core.budget import Deadline, RequestContext
from qfa_core.coding import Code
from qfa_core.feedback import FeedbackRecord, parse_created
from qfa_core.llm import Prompt

CONTEXT = RequestContext(
    tenant_id="tenant", operation="analyze", request_id="request", deadline=Deadline(expires_at=60.0)
)
_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


async def ask(prompt: Prompt) -> str:
    """Return the text of the stand-in's answer."""
    return (await ExtractiveLLMClient().complete(prompt, CONTEXT)).text


async def ask_structured(prompt: Prompt) -> Any:
    """Return the stand-in's answer as JSON, once it is known to follow the prompt's schema."""
    answer = msgspec.json.decode(await ask(prompt))
    assert prompt.answer_schema is not None
    assert_follows(answer, prompt.answer_schema)
    return answer


def assert_follows(value: Any, schema: Mapping[str, Any]) -> None:
    """Fail unless *value* follows *schema*, of which our prompts use a small part."""
    assert isinstance(value, _PYTHON_TYPES[schema["type"]])
    assert "enum" not in schema or value in schema["enum"]
    if schema["type"] == "object":
        assert list(value) == schema["required"]
        for name, part in schema["properties"].items():
            assert_follows(value[name], part)
    if schema["type"] == "array":
        for item in value:
            assert_follows(item, schema["items"])


def record(content: str, created: str = "") -> FeedbackRecord:
    """Return a feedback record that says *content*."""
    return FeedbackRecord(id="FB-1", content=content, created=parse_created(created))


def codes(*names: str) -> tuple[Code, ...]:
    """Return codes that have these names and nothing below them."""
    return tuple(Code(id=f"id-{number}", name=name) for number, name in enumerate(names))
