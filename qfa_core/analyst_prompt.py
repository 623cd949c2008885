"""What an analyst's own prompt must not look like."""

from __future__ import annotations

import re

from qfa_core.errors import Fault, PromptInjection

_ROLE_PREFIX = re.compile(r"\s*(?:SYSTEM|ASSISTANT|USER)\s*:", re.IGNORECASE)
_FLOOD = re.compile(r"(.)\1{199}", re.DOTALL)


def refuse_injection(prompt: str) -> None:
    """
    Raise PromptInjection if *prompt* speaks as somebody else, holds a NUL or floods.

    This is for analysts, who can reword; records are cleaned instead, never refused.
    """
    if _ROLE_PREFIX.match(prompt):
        raise PromptInjection(Fault(field="prompt", issue="must not begin with a role such as SYSTEM:"))
    if "\0" in prompt:
        raise PromptInjection(Fault(field="prompt", issue="must not hold a NUL character"))
    if _FLOOD.search(prompt):
        raise PromptInjection(Fault(field="prompt", issue="must not repeat one character 200 times"))
