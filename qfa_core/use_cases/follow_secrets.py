"""Know secrets by name, and notice when they are changed where they are kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import msgspec

from qfa_core.errors import SecretStoreUnavailable
from qfa_core.ports.secret_store import SecretStore

FIRST_READS = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_FIRST_PAUSE_SECONDS = 5.0
RETRY_SECONDS = 5.0
LONGEST_RETRY_AFTER_SECONDS = 600.0

# What may be said here: names and versions of secrets, and our own words. Never a value.
_log = logging.getLogger("qfa.secrets")


class MalformedSecret(Exception):
    """A secret that cannot be used; `str()` of it goes on from its name, and quotes none of it."""


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a secret, and what it means."""

    version: str
    value: Any


class FollowSecrets:
    """
    Read the secrets that *readers* name at once, and then every *refresh_seconds* while entered.

    A reader turns the text of its secret, without white space around it, into its value, or raises
    MalformedSecret. Whatever goes wrong later, the last good value stays: a secret that is malformed, or
    gone, or cannot be read, is no removal.
    """

    def __init__(
        self,
        store: SecretStore,
        readers: Mapping[str, Callable[[str], Any]],
        *,
        refresh_seconds: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._readers = dict(readers)
        self._refresh_seconds = refresh_seconds
        self._sleep = sleep
        self._known: dict[str, _Known] = {}
        self._issues: dict[str, str] = {}
        self._outages = 0
        self._retry_after_seconds = 0.0
        self._listeners: list[Callable[[], None]] = []
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        for attempt in range(1, FIRST_READS + 1):
            await self.read()
            pause_seconds = max(self._retry_after_seconds, FIRST_PAUSE_SECONDS * attempt)
            is_over = not self._outages or pause_seconds > LONGEST_FIRST_PAUSE_SECONDS
            if is_over or attempt == FIRST_READS:
                break
            await self._sleep(pause_seconds)
        self._following = asyncio.create_task(self._follow(), name="secrets")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following

    @property
    def is_degraded(self) -> bool:
        """Whether any secret is not known as it is in the store now."""
        is_blind = self._following is not None and self._following.done()
        return bool(self._issues) or is_blind

    def value(self, name: str) -> Any | None:
        """Return the last good value of a secret, None if there never was one."""
        known = self._known.get(name)
        return known.value if known else None

    def issue(self, name: str) -> str | None:
        """Return what is the matter with a secret, in words that may be shown; None if nothing is."""
        return self._issues.get(name)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call *listener* whenever any value has changed."""
        self._listeners.append(listener)

    async def read(self) -> None:
        """Read all secrets, and take over those that changed."""
        before = (dict(self._known), dict(self._issues))
        self._retry_after_seconds = 0.0
        outages = await asyncio.gather(*map(self._read, self._readers))
        self._outages = self._outages + 1 if any(outages) else 0
        self._tell(*before)
        if self._known != before[0]:
            for listener in self._listeners:
                listener()

    async def _read(self, name: str) -> bool:
        """Read one secret, and return whether the store could not be asked for it."""
        try:
            stored = await self._store.read(name)
        except SecretStoreUnavailable as error:
            self._issues[name] = str(error)
            asked_seconds = min(error.retry_after_seconds or 0.0, LONGEST_RETRY_AFTER_SECONDS)
            self._retry_after_seconds = max(self._retry_after_seconds, asked_seconds)
            return True
        self._issues.pop(name, None)
        if stored is None and name in self._known:
            self._issues[name] = "It is gone."
        elif stored is not None:
            try:
                value = self._readers[name](stored.value.reveal().strip())
                self._known[name] = _Known(version=stored.version, value=value)
            except MalformedSecret as error:
                self._issues[name] = f"It {error}."
        return False

    async def _follow(self) -> None:
        while True:
            await self._sleep(self._pause_seconds())
            await self.read()

    def _pause_seconds(self) -> float:
        """Return how long to wait: less than usual after an outage began, but what the store asks for."""
        if not self._outages:
            return self._refresh_seconds
        doublings = min(self._outages - 1, 20)
        return max(self._retry_after_seconds, min(self._refresh_seconds, RETRY_SECONDS * 2.0**doublings))

    def _tell(self, known_before: dict[str, _Known], issues_before: dict[str, str]) -> None:
        for name, known in self._known.items():
            if known != known_before.get(name):
                _log.info("Secret %s: version %s is in use.", name, known.version)
        for issue in dict.fromkeys(self._issues.values()):
            names = ", ".join(name for name, other in self._issues.items() if other == issue)
            _log.warning("Secret %s: %s The last good value, or the one configured, serves.", names, issue)
        if issues_before and not self._issues:
            _log.info("All secrets can be read again.")
