"""Where a PostgreSQL server is, as libpq wants to be told."""

from __future__ import annotations

import os
import socket
from typing import Any

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

from qfa_core.secrets import Secret

# https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION: these do not go without TLS.
_TLS_MODES = ("require", "verify-ca", "verify-full")
_PATIENCE = {
    "connect_timeout": "3",  # seconds, for each address of the host
    "tcp_user_timeout": "10000",  # milliseconds that sent data may stay unacknowledged
    "keepalives_idle": "10",  # seconds of silence before the other side is asked whether it is there
    "keepalives_interval": "5",
    "keepalives_count": "3",
}


class UnusableAddress(ValueError):
    """An address that libpq cannot use, or that lacks the protection wanted; `str()` of it holds no value."""


class PostgresAddress:
    """
    A database on a server, with whatever else libpq takes in a connection string.

    Raises UnusableAddress where that is malformed, or *tls* is wanted and the address forgoes it.
    """

    def __init__(self, parameters: dict[str, Any], *, tls: bool = False) -> None:
        self._parameters = {**_PATIENCE, **parameters}
        if tls:
            self._parameters["sslmode"] = _mode_with_tls(parameters)

    @classmethod
    def from_url(cls, url: Secret, *, tls: bool = False) -> PostgresAddress:
        """Read a URL such as `postgresql://user:password@host:5432/name?sslmode=verify-full`."""
        scheme, _, rest = url.reveal().partition("://")
        try:
            parameters = conninfo_to_dict(f"{scheme.partition('+')[0]}://{rest}")
        except psycopg.Error:
            message = "wants to be a URL that libpq understands"
        else:
            return cls(parameters, tls=tls)
        raise UnusableAddress(message)  # out here, so that no message that quotes the URL hangs on to it

    def parameters(self, role: str) -> dict[str, Any]:
        """Return the parameters of a connection; *role* says in pg_stat_activity what it is for."""
        name = f"qfa-{role}@{socket.gethostname()}:{os.getpid()}"
        return {**self._parameters, "application_name": name}


def _mode_with_tls(parameters: dict[str, Any]) -> str:
    if str(parameters.get("host", "")).startswith("/"):
        raise UnusableAddress("wants a server that is reached over TLS, not a socket on this machine")
    mode = parameters.get("sslmode")
    if mode is None:
        usual = _libpq_default("sslmode")
        return usual if usual in _TLS_MODES else "require"
    if mode not in _TLS_MODES:
        raise UnusableAddress(f"wants an sslmode that insists on TLS: {', '.join(_TLS_MODES)}")
    return str(mode)


def _libpq_default(name: str) -> str:
    """Return what libpq uses where nothing is said, the environment's PGSSLMODE and its likes included."""
    defaults = {option.keyword.decode(): option.val for option in pq.Conninfo.get_defaults()}
    return (defaults.get(name) or b"").decode()
