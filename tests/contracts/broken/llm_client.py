"""Clients of a language model with one bug each."""

from __future__ import annotations

from typing import ClassVar

import pytest

from qfa_core.contracts import LLMBackend, LLMClientContract
from tests.contracts.broken import _llm_answers, _llm_failures, _llm_time
from tests.contracts.broken._honest_llm_client import HonestLLMClient
from tests.contracts.twins import Twins

CONTRACT = LLMClientContract
TWINS = Twins([*_llm_answers.TWINS, *_llm_failures.TWINS, *_llm_time.TWINS])


class Suite(LLMClientContract):
    """The contract on one twin, with waits as short as can be in one process."""

    twin: ClassVar[type[HonestLLMClient]]
    retry_after_seconds = 0.01
    short_seconds = 0.05
    a_moment_seconds = 0.03

    @property
    def places(self) -> int | None:  # type: ignore[override]
        return self.twin.places

    @pytest.fixture
    def backend(self) -> LLMBackend:
        return LLMBackend()

    @pytest.fixture
    def llm_client(self, backend: LLMBackend) -> HonestLLMClient:
        return self.twin(backend)


globals().update(TWINS.suites(Suite))
