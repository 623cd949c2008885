"""Limits that the fake provider enforces: what is beyond them gets 429, and is told when to come back."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from tests.fakes.provider_replies import Behaviour, RecordedRequest, Reply, completion, failing


class Limited:
    """
    Let in what the limit allows and refuse the rest; hand it to the fake provider as its chooser.

    Each answer takes *answer_seconds*; a refusal comes at once, with *retry_after_ms* unless that is None.
    """

    def __init__(self, *, answer_seconds: float, retry_after_ms: int | None) -> None:
        self.admitted: list[RecordedRequest] = []
        self.refused: list[RecordedRequest] = []
        self._answer_seconds = answer_seconds
        self._retry_after_ms = retry_after_ms

    def __call__(self, request: RecordedRequest) -> Behaviour:
        is_admitted = self._admits(request.started_at)
        (self.admitted if is_admitted else self.refused).append(request)
        return self._answer if is_admitted else self._refuse

    def _admits(self, now: float) -> bool:
        raise NotImplementedError

    def _answer(self, request: RecordedRequest, text: str) -> Reply:
        return replace(completion(request, text), after_seconds=self._answer_seconds)

    def _refuse(self, request: RecordedRequest, text: str) -> Reply:
        said = self._retry_after_ms
        headers = {} if said is None else {"retry-after-ms": str(said)}
        return failing(429, headers=headers)(request, text)


class LimitedAtATime(Limited):
    """Let at most *most* requests be under way."""

    def __init__(self, most: int, *, answer_seconds: float = 0.02, retry_after_ms: int | None = 50) -> None:
        super().__init__(answer_seconds=answer_seconds, retry_after_ms=retry_after_ms)
        self.most = most
        self._ends: deque[float] = deque()

    def _admits(self, now: float) -> bool:
        while self._ends and self._ends[0] <= now:
            self._ends.popleft()
        if len(self._ends) >= self.most:
            return False
        self._ends.append(now + self._answer_seconds)
        return True


class TokenBucket(Limited):
    """Let *burst* requests in at once, and *per_second* in the long run."""

    def __init__(
        self,
        per_second: float,
        *,
        burst: int = 1,
        answer_seconds: float = 0.005,
        retry_after_ms: int | None = 50,
    ) -> None:
        super().__init__(answer_seconds=answer_seconds, retry_after_ms=retry_after_ms)
        self._per_second = per_second
        self._burst = float(burst)
        self._tokens = float(burst)
        self._filled_at = 0.0

    def _admits(self, now: float) -> bool:
        earned = (now - self._filled_at) * self._per_second
        self._tokens = min(self._burst, self._tokens + earned)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
