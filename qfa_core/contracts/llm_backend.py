"""The far end of a language model's client, as the suite directs it and a fake of a provider performs it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Literal

import msgspec

# What the far end says in every refusal and failure; it must turn up in no error.
PROVIDERS_WORDS = "words-of-the-provider-that-must-not-get-out"

ANSWER = "Water is the main concern."

Outcome = Literal["reply", "limit", "fail", "drop", "refuse", "reject", "babble"]

_PATIENCE_SECONDS = 2.0
_POLLING_SECONDS = 0.005


class Attempt(msgspec.Struct, kw_only=True):
    """
    One attempt that arrived at the far end, and how it is to go there.

    *received* is everything that came in: address, headers and body. Wait first (`await attempt.wait()`, or
    *after_seconds* in a way of your own, None for ever), then do as *outcome* says:

    - `reply`: answer *text*; where *is_cut*, say that the answer was cut at the token limit
    - `limit`: too many calls (429), to be tried after *retry_after_seconds*, unsaid where that is None
    - `fail`: an error of the provider (5xx)
    - `drop`: the connection goes down without an answer
    - `refuse`: refused on grounds of content
    - `reject`: a malformed or unauthorised call (400, 401)
    - `babble`: *text* itself in place of a well-formed answer, as a success

    Wherever there is a message to an error, *text* is what it says.
    """

    received: str
    outcome: Outcome = "reply"
    text: str = PROVIDERS_WORDS
    is_cut: bool = False
    retry_after_seconds: float | None = None
    after_seconds: float | None = 0.0
    is_given_up: bool = False

    async def wait(self) -> None:
        """Take the time that this attempt takes; being cancelled means that the client gave it up."""
        try:
            if self.after_seconds is None:
                await asyncio.Event().wait()
            else:
                await asyncio.sleep(self.after_seconds)
        except asyncio.CancelledError:
            self.is_given_up = True
            raise


class LLMBackend:
    """
    Direct a far end: the suite says what happens next, the fake of a provider asks with `receive`.

    A fake in a thread or process of its own, where `Attempt.wait` is of no use, sets *is_given_up* of an
    attempt when its client has gone. What nothing was said about is answered with `ANSWER`.

    >>> backend = LLMBackend()
    >>> backend.limit(times=1, retry_after_seconds=0.05)
    >>> backend.receive("POST /v1/chat …").outcome
    'limit'
    >>> backend.receive("POST /v1/chat …").text
    'Water is the main concern.'
    """

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self._next: deque[Attempt] = deque()
        self._by_text: list[tuple[str, Attempt]] = []
        self._standing = Attempt(received="", text=ANSWER)

    def receive(self, received: str) -> Attempt:
        """Take note of an attempt and say how it is to go."""
        attempt = msgspec.structs.replace(self._direction(received), received=received)
        self.attempts.append(attempt)
        return attempt

    def reply(self, text: str, *, to: str = "", after_seconds: float = 0.0) -> None:
        """Answer *text* to every attempt from now on, or only to those that hold the words *to*."""
        self._by_text.append((to, Attempt(received="", text=text, after_seconds=after_seconds)))

    def cut(self, text: str) -> None:
        """Answer *text*, and that it was cut."""
        self._stand(Attempt(received="", text=text, is_cut=True))

    def stall(self) -> None:
        """Answer nothing, for ever."""
        self._stand(Attempt(received="", text=ANSWER, after_seconds=None))

    def limit(self, *, times: int | None = None, retry_after_seconds: float | None = None) -> None:
        """Limit the next attempts, *times* of them or all."""
        self._plan(Attempt(received="", outcome="limit", retry_after_seconds=retry_after_seconds), times)

    def fail(self, *, times: int | None = None) -> None:
        """Fail the next attempts, *times* of them or all."""
        self._plan(Attempt(received="", outcome="fail"), times)

    def drop(self, *, times: int | None = None) -> None:
        """Drop the connections of the next attempts, *times* of them or all."""
        self._plan(Attempt(received="", outcome="drop"), times)

    def refuse(self) -> None:
        """Refuse all on grounds of content."""
        self._stand(Attempt(received="", outcome="refuse"))

    def reject(self) -> None:
        """Reject all as malformed or unauthorised."""
        self._stand(Attempt(received="", outcome="reject"))

    def babble(self, text: str) -> None:
        """Answer all with *text* and no form."""
        self._stand(Attempt(received="", outcome="babble", text=text))

    async def arrived(self, number: int) -> None:
        """Wait until so many attempts have arrived in all."""
        await _until(lambda: len(self.attempts) >= number, f"{number} attempts did not arrive")

    async def given_up(self, number: int) -> None:
        """Wait until so many attempts were given up in all."""
        seen = "the far end did not see its client go"
        await _until(lambda: sum(attempt.is_given_up for attempt in self.attempts) >= number, seen)

    def _direction(self, received: str) -> Attempt:
        if self._next:
            return self._next.popleft()
        fitting = (attempt for words, attempt in reversed(self._by_text) if words in received)
        return next(fitting, self._standing)

    def _plan(self, attempt: Attempt, times: int | None) -> None:
        if times is None:
            self._stand(attempt)
        else:
            self._next += [attempt] * times

    def _stand(self, attempt: Attempt) -> None:
        self._next.clear()
        self._by_text.clear()
        self._standing = attempt


async def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not is_so():  # noqa: ASYNC110 - the far end may live in another thread
                await asyncio.sleep(_POLLING_SECONDS)
    except TimeoutError:
        raise AssertionError(otherwise) from None
