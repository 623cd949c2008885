"""
The steps that every analysis shares: pseudonymise, ask within budget and deadline, read the answer.

A collaborator that use cases are handed; each rule about LLM calls stands here once.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from qfa_core.budget import RequestContext, TokenBudget
from qfa_core.errors import DeadlineExceeded, FeedbackTooLarge, LLMAnswerUnusable, LLMError
from qfa_core.llm import LLMReply, Prompt
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.ports.llm_client import LLMClient
from qfa_core.prompts.answer_schema import Verdict
from qfa_core.prompts.envelope import unescape
from qfa_core.prompts.rules import asked_again
from qfa_core.pseudonyms import PseudonymisedTexts
from qfa_core.walking import map_strings

JUDGE_MARGIN_SECONDS = 1.0
_QUICK_CHARACTERS = 50_000  # weighed within a millisecond
CUT_NOTICE = "[The answer was cut off at the language model's length limit.]"

A = TypeVar("A", bound=msgspec.Struct)

_DECODER = json.JSONDecoder()
_THOUGHTS = re.compile(r"^\s*<think>.*?(?:</think>|\Z)", re.DOTALL)


class Prose(msgspec.Struct, frozen=True, kw_only=True):
    """An answer in prose; *is_cut* where it ends at the provider's limit even when asked for shorter."""

    text: str
    is_cut: bool = False


class LLMCalls:
    """Ask a language model on behalf of one request at a time; keeps no state between them."""

    def __init__(
        self,
        llm: LLMClient,
        anonymizer: Anonymizer,
        *,
        clock: Callable[[], float],
        budget: TokenBudget,
        allow_raw: bool = False,
    ) -> None:
        self._llm = llm
        self._anonymizer = anonymizer
        self._clock = clock
        self._budget = budget
        self._allow_raw = allow_raw

    @property
    def budget(self) -> TokenBudget:
        """How much text fits into one call."""
        return self._budget

    def remaining_seconds(self, context: RequestContext) -> float:
        """Return how long the request has left."""
        return context.deadline.remaining_seconds(self._clock())

    def for_a_while(self, context: RequestContext, share: float) -> RequestContext:
        """Return the context of a step that may take *share* (0..1) of the time that the request has left."""
        return msgspec.structs.replace(context, deadline=context.deadline.after(share, self._clock()))

    @asynccontextmanager
    async def within_deadline(self, context: RequestContext) -> AsyncIterator[None]:
        """Raise DeadlineExceeded once the request's deadline has passed, cancelling what runs."""
        scope = asyncio.timeout(self.remaining_seconds(context))
        try:
            async with scope:
                yield
        except TimeoutError:
            if scope.expired():
                raise DeadlineExceeded from None
            raise

    async def pseudonymise(self, texts: Sequence[str], *, anonymize: bool = True) -> PseudonymisedTexts:
        """
        Replace what identifies people in *texts*, consistently over all of them.

        *anonymize* false counts only where the deployment allows raw text.
        Raises AnonymizerUnavailable rather than letting a text through.
        """
        if not anonymize and self._allow_raw:
            return PseudonymisedTexts(texts=tuple(texts), originals={})
        return await self._anonymizer.anonymize(texts)

    async def require_fit(self, prompt: Prompt, *, advice: str = "") -> None:
        """Raise FeedbackTooLarge, with *advice* on what to do, if *prompt* is over the token budget."""
        if prompt.characters <= _QUICK_CHARACTERS:
            allowed = self._budget.allows(prompt.system, prompt.user)
        else:
            allowed = await asyncio.to_thread(self._budget.allows, prompt.system, prompt.user)
        if not allowed:
            raise FeedbackTooLarge(f"{FeedbackTooLarge.message} {advice}".strip())

    async def answer(
        self,
        prompt: Prompt,
        shape: type[A],
        context: RequestContext,
        *,
        makes_sense: Callable[[A], bool] = lambda answer: True,
    ) -> A:
        """
        Ask for an answer of *shape*; one that is broken, cut or makes no sense is asked for once more.

        Raises LLMAnswerUnusable if that is no better, FeedbackTooLarge, and what LLMClient.complete raises.
        """
        await self.require_fit(prompt)
        reply = await self._llm.complete(prompt, context)
        answer = _read(reply, shape, makes_sense)
        if answer is None:
            again = asked_again(prompt, was_cut=reply.finish == "length")
            answer = _read(await self._llm.complete(again, context), shape, makes_sense)
        if answer is None:
            raise LLMAnswerUnusable
        return answer

    async def prose(self, prompt: Prompt, context: RequestContext) -> Prose:
        """
        Ask for prose; an answer that is empty or cut at the provider's limit is asked for once more.

        Whether *prompt* fits is for the caller to require, before its texts are pseudonymised: placeholders
        may be longer than names, and what was let in must not be sent back for it.
        Raises LLMAnswerUnusable if nothing comes, and what LLMClient.complete raises.
        """
        reply = await self._llm.complete(prompt, context)
        is_cut = reply.finish == "length"
        if is_cut or not _spoken(reply):
            reply = await self._llm.complete(asked_again(prompt, was_cut=is_cut), context)
            is_cut = reply.finish == "length"
        text = unescape(_spoken(reply))
        if not text:
            raise LLMAnswerUnusable
        return Prose(text=f"{text}\n\n{CUT_NOTICE}" if is_cut else text, is_cut=is_cut)

    async def verdict(self, prompt: Prompt, context: RequestContext) -> Verdict | None:
        """
        Ask a judge; None if it fails, for a result without a score beats no result.

        The judge has until shortly before the deadline, so that the result still gets out.
        """
        judged = msgspec.structs.replace(context, deadline=context.deadline.earlier(JUDGE_MARGIN_SECONDS))
        try:
            async with self.within_deadline(judged):
                return await self.answer(prompt, Verdict, judged)
        except (LLMError, FeedbackTooLarge, DeadlineExceeded):
            return None


def _spoken(reply: LLMReply) -> str:
    """Return what the model says without the thoughts that some models speak aloud first."""
    return _THOUGHTS.sub("", reply.text).strip()


def _read(reply: LLMReply, shape: type[A], makes_sense: Callable[[A], bool]) -> A | None:
    """Return the answer that begins at the first brace, in a code fence or among words."""
    if reply.finish == "length":
        return None
    text = _spoken(reply)
    start = max(0, text.find("{"))
    try:
        _, end = _DECODER.raw_decode(text, start)  # finds where the object ends, whatever stands behind it
        answer = msgspec.json.decode(text[start:end], type=shape)
    except (ValueError, RecursionError):  # the last for `[[[[[…`; msgspec's errors are ValueErrors
        return None
    answer = map_strings(answer, unescape)
    return answer if makes_sense(answer) else None
