"""What goes to a language model, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """
    One question to a language model.

    *task* names the kind of question (`summarize`, `judge_summary` …), for scripts and stand-ins.
    *system* holds rules only, never untrusted text; *user* holds untrusted text in envelopes only.
    *answer_schema* is a JSON Schema that the answer must follow, None where prose is asked for.
    """

    task: str
    system: str
    user: str
    answer_schema: Mapping[str, Any] | None = None

    @property
    def characters(self) -> int:
        """How many characters the two messages hold together."""
        return len(self.system) + len(self.user)


class LLMReply(msgspec.Struct, frozen=True, kw_only=True):
    """
    One answer of a language model.

    *finish* is `length` where the provider cut the answer at its token limit.
    Tokens and *cost_usd* are None where unknown.
    """

    text: str
    model: str
    finish: Literal["stop", "length"] = "stop"
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
