"""Addresses of PostgreSQL, with and without TLS insisted on."""

from __future__ import annotations

import pytest

from qfa_adapters.postgres.address import PostgresAddress, UnusableAddress
from qfa_core.secrets import Secret

URL = "postgresql://user:canary@db.example/qfa"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_scheme_is_understood(scheme: str) -> None:
    address = PostgresAddress.from_url(Secret(f"{scheme}://user:pass%2Fword@db.example:6432/qfa"))

    told = address.parameters("test").items()
    assert {"host": "db.example", "port": "6432", "dbname": "qfa", "user": "user"}.items() <= told
    assert ("password", "pass/word") in told


def test_what_libpq_does_not_understand_is_refused_without_being_quoted() -> None:
    with pytest.raises(UnusableAddress) as caught:
        PostgresAddress.from_url(Secret(f"{URL}?canary=1"))

    assert "canary" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_patience_of_the_urls_own_is_kept() -> None:
    assert (
        PostgresAddress.from_url(Secret(f"{URL}?connect_timeout=9")).parameters("test")["connect_timeout"]
        == "9"
    )


def test_tls_is_insisted_on_where_the_url_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)

    assert PostgresAddress.from_url(Secret(URL), tls=True).parameters("test")["sslmode"] == "require"
    assert "sslmode" not in PostgresAddress.from_url(Secret(URL)).parameters("test")


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_stronger_mode_is_kept(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said_in_url = PostgresAddress.from_url(Secret(f"{URL}?sslmode={mode}"), tls=True)
    monkeypatch.setenv("PGSSLMODE", mode)
    said_in_environment = PostgresAddress.from_url(Secret(URL), tls=True)

    assert said_in_url.parameters("test")["sslmode"] == mode
    assert said_in_environment.parameters("test")["sslmode"] == mode


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_a_weaker_mode_is_refused_or_raised(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", mode)

    assert PostgresAddress.from_url(Secret(URL), tls=True).parameters("test")["sslmode"] == "require"
    with pytest.raises(UnusableAddress):
        PostgresAddress.from_url(Secret(f"{URL}?sslmode={mode}"), tls=True)


def test_a_socket_on_this_machine_has_no_tls_and_is_refused() -> None:
    with pytest.raises(UnusableAddress):
        PostgresAddress({"host": "/run/postgresql"}, tls=True)
