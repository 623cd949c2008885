"""How connections to PostgreSQL are opened, by password or by token."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import psycopg

from qfa_adapters.postgres.address import PostgresAddress
from qfa_core.secrets import Secret

FAILING_SECONDS = 2.0  # how long a failed attempt speaks for the next one
_QUIET_SECONDS = 60.0

C = TypeVar("C", bound=psycopg.AsyncConnection[Any])

_logger = logging.getLogger("qfa.store")


class TokenSource(Protocol):
    """Whoever hands out the tokens that stand in for a password."""

    async def current(self) -> Secret | None:
        """Return the newest token, None where there is none to be had."""
        ...

    def forget(self, refused: Secret) -> None:
        """Do not hand out *refused* again."""
        ...


class PostgresConnector:
    """
    Open connections to one database, each with the token of its moment where there is a source of *tokens*.

    *role* shows in pg_stat_activity. *clock* counts seconds.
    """

    def __init__(
        self,
        address: PostgresAddress,
        *,
        role: str,
        tokens: TokenSource | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._role = role
        self._tokens = tokens
        self._clock = clock
        self._failed_at: float | None = None
        self._quiet_until = 0.0

    @property
    def is_failing(self) -> bool:
        """Whether the latest attempt failed, a moment ago."""
        return self._failed_at is not None and self._clock() - self._failed_at < FAILING_SECONDS

    async def open(self, connect: Callable[..., Awaitable[C]], *, role: str = "", **options: Any) -> C:
        """
        Open a connection with one of psycopg's functions and its *options*.

        *role* takes the place of the usual one. Raises psycopg.Error.
        """
        parameters = {**self._address.parameters(role or self._role), **options}
        try:
            connection = await self._let_in(connect, parameters)
        except psycopg.Error as error:
            self._failed_at = self._clock()
            self._complain(error)
            raise
        self._failed_at = None
        return connection

    async def connection(self) -> psycopg.AsyncConnection[Any]:
        """Open a connection that belongs to nobody else, and ends when it is closed. Raises psycopg.Error."""
        return await self.open(psycopg.AsyncConnection[Any].connect)

    async def _let_in(self, connect: Callable[..., Awaitable[C]], parameters: dict[str, Any]) -> C:
        if self._tokens is None:
            return await connect(**parameters)
        token = await _available(self._tokens)
        try:
            return await connect(**parameters | {"password": token.reveal()})
        except psycopg.OperationalError as error:
            if not _was_refused(error):
                raise
        # It may have been replaced before its time; a newer one gets a chance.
        self._tokens.forget(token)
        newer = await _available(self._tokens)
        return await connect(**parameters | {"password": newer.reveal()})

    def _complain(self, error: psycopg.Error) -> None:
        """Say why there is no connection, once a minute: psycopg's own words name hosts and users."""
        if self._clock() < self._quiet_until:
            return
        self._quiet_until = self._clock() + _QUIET_SECONDS
        if isinstance(error, NoToken):
            reason = "there is no token to log in with"
        elif _was_refused(error):
            reason = "it refuses the password or token"
        else:
            reason = f"it cannot be reached, or does not let us in ({type(error).__name__})"
        _logger.warning("No connection to the database: %s.", reason)


class NoToken(psycopg.OperationalError):
    """There is no token to open a connection with."""


async def _available(tokens: TokenSource) -> Secret:
    token = await tokens.current()
    if token is None:
        raise NoToken
    return token


def _was_refused(error: psycopg.Error) -> bool:
    """Whether the server asked for a password and let nobody in with the one it got."""
    return error.pgconn is not None and bool(error.pgconn.used_password)
