"""What a command finds around it: the environment, and how to build a container from settings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec

from qfa_http.settings import Settings, read_settings

if TYPE_CHECKING:
    from qfa_http.container import Container

T = TypeVar("T")


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command takes its settings from, and what builds the parts that it works with."""

    environ: Mapping[str, str]
    build: Callable[[Settings], Container]

    def settings(self) -> Settings:
        """Read the settings; raise SettingsError if any is at fault."""
        return read_settings(self.environ)

    def container(self) -> Container:
        """Build the container of the settings; raise SettingsError if any is at fault."""
        return self.build(self.settings())

    def run(self, work: Callable[[Container], Awaitable[T]], *, asks_llm: bool = False) -> T:
        """Do *work* in this process, on a container whose stores run, and where it *asks_llm* all parts."""
        from qfa_http.container.lifespan import running, storing

        container = self.container()

        async def work_while_running() -> T:
            async with running(container) if asks_llm else storing(container):
                return await work(container)

        return asyncio.run(work_while_running())


def build_container(settings: Settings) -> Container:
    """Build the container of the service, which takes long to import."""
    from qfa_http import container

    return container.build_container(settings)
