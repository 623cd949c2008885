"""Whether what the service depends on can be used."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

from qfa_core.errors import QFAError
from qfa_http.wire.health import Dependency, DependencyName, DependencyState

CHECK_SECONDS = 2.0

Check = Callable[[], Awaitable[None]]


class CheckReadiness:
    """
    Ask every dependency at once whether it can be used, and wait for no longer than two seconds.

    *checks* raise a QFAError where it cannot; None stands for what this deployment does without.
    *embedded* names those that an embedded default stands in for.
    """

    def __init__(
        self,
        checks: Mapping[DependencyName, Check | None],
        *,
        embedded: Collection[DependencyName] = (),
    ) -> None:
        self._checks = dict(checks)
        self._embedded = frozenset(embedded)

    async def __call__(self) -> list[Dependency]:
        """Return the state of every dependency, in the order of the checks."""
        states = await asyncio.gather(*map(_state, self._checks.values()))
        return [
            Dependency(name=name, state=state, embedded=name in self._embedded)
            for name, state in zip(self._checks, states, strict=True)
        ]


async def _state(check: Check | None) -> DependencyState:
    if check is None:
        return "not_configured"
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except (QFAError, TimeoutError):
        return "unavailable"
    return "ok"
