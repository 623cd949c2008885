"""The port to a language model."""

from __future__ import annotations

from typing import Protocol

from qfa_core.budget import RequestContext
from qfa_core.llm import LLMReply, Prompt


class LLMClient(Protocol):
    """A language model that answers prompts."""

    @property
    def model(self) -> str:
        """The model's name, as accounted for when a call fails before it is named by the provider."""
        ...

    async def complete(self, prompt: Prompt, context: RequestContext) -> LLMReply:
        """
        Answer *prompt*.

        Passing failures (connection, 408, 409, 429, 5xx, no answer) are retried inside; all
        attempts and waits together end before the context's deadline. Cancelling ends the call.
        Where the context is patient, limits (429) are waited out until then, however many attempts it takes;
        where it is not, a long wait is reported at once.
        Patient calls wait their turn by tenant, then by request id: those of one request share one id.
        The reply's text is as the model wrote it: it need not follow the prompt's schema.
        Safe to call concurrently. The tenant id is passed on to the provider, nothing else of the context.

        Raises LLMRateLimited (with the provider's wait), LLMTimeout or LLMUnavailable once retries are of no
        more use, ContentFiltered and LLMRejected without a retry, LLMAnswerUnusable for an answer
        without text (but one that was cut is returned, empty as it may be: a shorter one can be asked for).
        No error holds a word of the provider's or of the prompt's.
        """
        ...
