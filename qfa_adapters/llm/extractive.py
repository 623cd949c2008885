"""
An offline stand-in for a language model, so that the service can be tried without one.

It understands the prompts of `qfa_core.prompts` and answers by counting words, copying
sentences and looking words up. It says so in its name and in its answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from qfa_adapters.llm.extractive_chunks import combine_notes, write_notes
from qfa_adapters.llm.extractive_codes import judge_code, pick_codes
from qfa_adapters.llm.extractive_conclusion import conclude_analysis
from qfa_adapters.llm.extractive_judges import judge_notes, judge_text
from qfa_adapters.llm.extractive_lexicon import shipped_lexicon
from qfa_adapters.llm.extractive_prose import write_analysis, write_corpus_summary, write_summary
from qfa_adapters.llm.extractive_sensitivity import compile_phrases, screen
from qfa_adapters.llm.extractive_titles import name_themes
from qfa_core.budget import RequestContext, TokenBudget
from qfa_core.errors import LLMAnswerUnusable
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.llm_client import LLMClient

EXTRACTIVE_MODEL = "local/extractive"
_QUICK_CHARACTERS = 2_000  # take about a millisecond; what takes longer must not hold the event loop

_Answer: TypeAlias = "str | msgspec.Struct"

_ANSWERS: Mapping[str, Callable[[str], _Answer]] = {
    "analyze": write_analysis,
    "judge_analysis": lambda message: judge_text(message, "analysis"),
    "summarize": write_summary,
    "judge_summary": lambda message: judge_text(message, "summary"),
    "summarize_corpus": write_corpus_summary,
    "judge_corpus_summary": lambda message: judge_text(message, "summary"),
    "pick_codes": pick_codes,
    "judge_code": judge_code,
    "detect_sensitive": screen,
    "analyze_chunk": write_notes,
    "judge_chunk": judge_notes,
    "combine_notes": combine_notes,
    "conclude_analysis": conclude_analysis,
    "name_themes": name_themes,
}


class ExtractiveLLMClient(LLMClient):
    """
    Answer without a model, a network or a key: deterministic, quick, and no more than it says.

    A task that it does not know raises LLMAnswerUnusable. It costs nothing; tokens are
    estimated from characters, as a language model would be charged for.
    """

    def __init__(self) -> None:
        self._budget = TokenBudget()
        shipped_lexicon()  # read now, once a process: the first answer must not hold the event loop for it
        compile_phrases()

    @property
    def model(self) -> str:
        return EXTRACTIVE_MODEL

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        answer = _ANSWERS.get(prompt.task)
        if answer is None:
            raise LLMAnswerUnusable
        if len(prompt.user) <= _QUICK_CHARACTERS:
            return self._reply(prompt, answer)
        return await asyncio.to_thread(self._reply, prompt, answer)

    def _reply(self, prompt: Prompt, answer: Callable[[str], _Answer]) -> LLMReply:
        text = _as_text(answer(prompt.user))
        return LLMReply(
            text=text,
            model=EXTRACTIVE_MODEL,
            input_tokens=self._budget.tokens(prompt.system, prompt.user),
            output_tokens=self._budget.tokens(text),
            cost_usd=0.0,
        )


def _as_text(answer: _Answer) -> str:
    return answer if isinstance(answer, str) else msgspec.json.encode(answer).decode()
