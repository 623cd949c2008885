"""What a request may cost: time and tokens."""

from __future__ import annotations

import math

import msgspec

from qfa_core.scripts import most_weight, weight
from qfa_core.usage import Operation


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """A moment on the monotonic clock of whoever handed it out, in seconds."""

    expires_at: float

    def remaining_seconds(self, now: float) -> float:
        """Return how long is left at *now*, never less than zero."""
        return max(0.0, self.expires_at - now)

    def earlier(self, seconds: float) -> Deadline:
        """Return a deadline that leaves *seconds* for what comes after."""
        return Deadline(expires_at=self.expires_at - seconds)

    def after(self, share: float, now: float) -> Deadline:
        """Return the deadline of a step that may take *share* (0..1) of what remains at *now*."""
        return Deadline(expires_at=now + share * self.remaining_seconds(now))


class RequestContext(msgspec.Struct, frozen=True, kw_only=True):
    """
    Who asks for what, under which id, and until when; handed down by hand.

    Where the request *is_patient*, a provider's limits are waited out until the deadline; otherwise its
    caller is told soon to come back.
    """

    tenant_id: str
    operation: Operation
    request_id: str
    deadline: Deadline
    is_patient: bool = False


class TokenBudget(msgspec.Struct, frozen=True, kw_only=True):
    """
    How much text fits into one LLM call; tokens are estimated from characters.

    *chars_per_token* is that of English. Other scripts take more tokens a character, in the
    vocabularies of most models: estimates are on the safe side for them.
    """

    max_total_tokens: int = 100_000
    chars_per_token: float = 4.0

    def tokens(self, *texts: str) -> int:
        """Return the tokens that *texts* are estimated to take together."""
        return math.ceil(sum(map(weight, texts)) / self.chars_per_token)

    def allows(self, *texts: str) -> bool:
        """Whether *texts* fit into one call."""
        limit = self.max_total_tokens * self.chars_per_token
        if sum(map(len, texts)) > limit:
            return False  # in no script can they: what may be huge is not read through
        if sum(map(most_weight, texts)) <= limit:
            return True  # in any script would they, as most do
        return self.tokens(*texts) <= self.max_total_tokens
