"""`GET /v1/health` and `GET /v1/ready`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

DependencyName = Literal["usage_store", "key_stores", "llm", "anonymizer", "embedder", "key_vault"]
DependencyState = Literal["ok", "degraded", "unavailable", "not_configured"]
JournalState = Literal["ok", "unavailable", "not_configured"]


class HealthResponse(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="ok"):
    """The process answers."""

    version: str


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the service needs in order to answer."""

    name: DependencyName
    state: Annotated[
        DependencyState,
        Meta(
            description="`not_configured`: this deployment does without, on purpose. `degraded`: it cannot "
            "be asked now, and what it said before serves; that alone does not make the service unready."
        ),
    ]
    embedded: Annotated[bool, Meta(description="Whether an embedded default for trying out stands in.")]


class UsageBacklog(msgspec.Struct, frozen=True, kw_only=True):
    """LLM calls that are not in the usage store."""

    waiting: Annotated[int, Meta(ge=0, description="In memory and in the journal, not written yet.")]
    lost: Annotated[int, Meta(ge=0, description="Given up since the start.")]
    journal: Annotated[
        JournalState,
        Meta(description="`unavailable` alone does not make the service unready: calls wait in memory."),
    ]
    journal_failures: Annotated[
        int, Meta(ge=0, description="How often calls could not be put into the journal since the start.")
    ]


NO_BACKLOG = UsageBacklog(waiting=0, lost=0, journal="not_configured", journal_failures=0)


class ReadyResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether every dependency can be used, and which cannot."""

    status: Literal["ok", "unavailable"]
    version: str
    dependencies: tuple[Dependency, ...]
    usage: UsageBacklog

    @classmethod
    def from_dependencies(
        cls, dependencies: Iterable[Dependency], *, version: str, usage: UsageBacklog = NO_BACKLOG
    ) -> ReadyResponse:
        """Return the answer for *dependencies*: `ok` if none is unavailable."""
        known = tuple(dependencies)
        available = all(dependency.state != "unavailable" for dependency in known)
        status: Literal["ok", "unavailable"] = "ok" if available else "unavailable"
        return cls(status=status, version=version, dependencies=known, usage=usage)
