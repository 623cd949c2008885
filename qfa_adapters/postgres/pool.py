"""The pool of connections to PostgreSQL that one process has."""

from __future__ import annotations

from types import TracebackType
from typing import Any, ClassVar, Self

import psycopg
from psycopg_pool import AsyncConnectionPool

from qfa_adapters.postgres.connector import PostgresConnector
from qfa_core.patience import within

WAIT_SECONDS = 2.0
WAITING_AT_MOST = 200
# After this long the pool gives an attempt up; whoever asks next begins another. psycopg_pool doubles the
# pause between attempts, so that a patient one would be found asleep when the database comes back.
_ATTEMPT_SECONDS = 1.0
_CLOSE_SECONDS = 3.0


class PostgresPool:
    """
    Lend connections, at most *max_size* at a time; use it as an async context manager.

    It opens without a database. While there is none, whoever asks is told so after `WAIT_SECONDS`,
    and at once where another has just found out.
    """

    def __init__(self, connector: PostgresConnector, *, min_size: int, max_size: int) -> None:
        self._connector = connector
        self._pool = AsyncConnectionPool(
            connection_class=_lent_by(connector),
            min_size=min_size,
            max_size=max_size,
            open=False,
            timeout=WAIT_SECONDS,
            max_waiting=WAITING_AT_MOST,
            reconnect_timeout=_ATTEMPT_SECONDS,
        )

    async def __aenter__(self) -> Self:
        await self._pool.open(wait=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.close(timeout=_CLOSE_SECONDS)

    async def connection(self) -> psycopg.AsyncConnection[Any]:
        """
        Lend a connection, which goes back by being closed.

        Raises psycopg.OperationalError where none can be had (PoolTimeout is one).
        """
        if self._connector.is_failing and not self._pool.get_stats()["pool_available"]:
            raise psycopg.OperationalError("no connection could be opened a moment ago")
        try:
            return await within(WAIT_SECONDS, self._working_connection())
        except TimeoutError:
            raise psycopg.OperationalError("no connection came free, or worked, in time") from None

    async def _working_connection(self) -> psycopg.AsyncConnection[Any]:
        """
        Take connections until one works; those that do not are replaced.

        The pool's own `check` pauses longer after every broken one, and a restart of the server breaks all.
        """
        for _ in range(2 * self._pool.max_size):
            connection = await self._pool.getconn()
            try:
                await self._pool.check_connection(connection)
            except psycopg.Error:
                await connection.close()
            except BaseException:  # above all a caller that waits no longer: the pool must not lose it
                await connection.close()
                raise
            else:
                return connection
        raise psycopg.OperationalError("one connection after the other was broken")


class _Lent(psycopg.AsyncConnection[Any]):
    """
    A connection that goes back to its pool when it is closed, broken or not.

    psycopg_pool's own `close_returns=True` forgets the broken ones, and the pool dries up.
    """

    connector: ClassVar[PostgresConnector]

    @classmethod
    async def connect(cls, conninfo: str = "", **options: Any) -> Self:
        return await cls.connector.open(super().connect, **options)

    async def close(self) -> None:
        pool = getattr(self, "_pool", None)
        if pool is None:
            await super().close()
        else:
            await pool.putconn(self)


def _lent_by(opened_by: PostgresConnector) -> type[_Lent]:
    class Lent(_Lent):
        connector = opened_by

    return Lent
