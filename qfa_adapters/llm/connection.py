"""Where the language model is, and how to be let in."""

from __future__ import annotations

from typing import Literal

import msgspec

from qfa_core.secrets import Secret


class LLMConnection(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a deployment says of its language model, as the LLM_ settings name it.

    *model* is `provider/model`; what is None or empty is the provider's default.
    *timeout_seconds* bounds one attempt. With *auth_mode* `entra` tokens take the place of the key.
    """

    model: str
    api_key: Secret | None = None
    api_base: str | None = None
    api_version: str | None = None
    auth_mode: Literal["key", "entra"] = "key"
    timeout_seconds: float = 115.0
    max_concurrency: int = 64


class UnusableConnection(ValueError):
    """A *setting* of the connection cannot be used; the *issue* goes on from its name and holds no value."""

    def __init__(self, setting: str, issue: str) -> None:
        super().__init__(f"{setting} {issue}")
        self.setting = setting
        self.issue = issue
