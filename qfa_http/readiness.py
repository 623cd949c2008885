"""Whether what the service depends on can be used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

import msgspec

from qfa_core.errors import QFAError
from qfa_core.patience import within
from qfa_http.wire.health import Dependency, DependencyName, DependencyState, UsageBacklog

CHECK_SECONDS = 2.0

Check = Callable[[], Coroutine[Any, Any, None]]


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """The state of every dependency, and what is not in the usage store."""

    dependencies: tuple[Dependency, ...]
    usage: UsageBacklog


class CheckReadiness:
    """
    Ask every dependency at once whether it can be used, and wait for no longer than two seconds.

    *checks* raise a QFAError where it cannot; None stands for what this deployment does without.
    *known_states* tell theirs without being asked anything. *usage* tells what the usage store lacks.
    *embedded* names what an embedded default stands in for.
    """

    def __init__(
        self,
        checks: Mapping[DependencyName, Check | None],
        *,
        usage: Callable[[], UsageBacklog],
        known_states: Mapping[DependencyName, Callable[[], DependencyState]] | None = None,
        embedded: Collection[DependencyName] = (),
    ) -> None:
        self._checks = dict(checks)
        self._known_states = dict(known_states or {})
        self._usage = usage
        self._embedded = frozenset(embedded)

    async def __call__(self) -> Readiness:
        """Return the state of every dependency in the order of the checks, and the backlog after them."""
        states = await asyncio.gather(*map(_state, self._checks.values()))
        found = dict(zip(self._checks, states, strict=True))
        found |= {name: state() for name, state in self._known_states.items()}
        dependencies = tuple(
            Dependency(name=name, state=state, embedded=name in self._embedded)
            for name, state in found.items()
        )
        return Readiness(dependencies=dependencies, usage=self._usage())


async def _state(check: Check | None) -> DependencyState:
    if check is None:
        return "not_configured"
    try:
        await within(CHECK_SECONDS, check())
    except (QFAError, TimeoutError):
        return "unavailable"
    return "ok"
