"""How the database is reached: PostgreSQL by password or token, the embedded store, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.engine import embedded_engine, postgres_engine
from qfa_core.errors import StoreUnavailable
from qfa_core.use_cases.authenticate import KnownKeys
from qfa_http.settings import DatabaseSettings, Settings, SettingsError

if TYPE_CHECKING:  # imported where a deployment wants them: the embedded defaults start without
    from qfa_adapters.azure.tokens import ManagedIdentityTokens
    from qfa_adapters.postgres.address import PostgresAddress
    from qfa_adapters.postgres.connector import PostgresConnector
    from qfa_adapters.postgres.key_changes import KeyChanges
    from qfa_adapters.postgres.pool import PostgresPool

EMBEDDED_FILE = "qfa.sqlite3"


def connector(settings: Settings, role: str) -> PostgresConnector | None:
    """Return what opens connections to PostgreSQL, None where the deployment has none."""
    database = settings.database
    if not database.track_usage or database.is_embedded:
        return None
    from qfa_adapters.postgres.connector import PostgresConnector

    tokens = _tokens(database.aad_scope) if database.auth_mode == "entra" else None
    return PostgresConnector(_address(database), role=role, tokens=tokens)


def _address(database: DatabaseSettings) -> PostgresAddress:
    """Return where the database is. Raises SettingsError if it cannot be used."""
    from qfa_adapters.postgres.address import PostgresAddress, UnusableAddress

    tls = database.auth_mode == "entra"
    parts = {
        "host": database.host,
        "port": database.port,
        "dbname": database.name,
        "user": database.user,
        "password": database.password.reveal() if database.password and not tls else None,
    }
    try:
        if database.url is not None:
            return PostgresAddress.from_url(database.url, tls=tls)
        return PostgresAddress({name: part for name, part in parts.items() if part}, tls=tls)
    except UnusableAddress as error:
        issue = str(error)
    raise SettingsError(("DB_URL" if database.url is not None else "DB_HOST", issue))


def _tokens(scope: str) -> ManagedIdentityTokens:
    from qfa_adapters.azure.tokens import ManagedIdentityTokens

    return ManagedIdentityTokens(scope)


def pool(settings: Settings, connector: PostgresConnector | None) -> PostgresPool | None:
    """Return the pool on *connector*, None without one."""
    if connector is None:
        return None
    from qfa_adapters.postgres.pool import PostgresPool

    database = settings.database
    return PostgresPool(connector, min_size=database.pool_min, max_size=database.pool_max)


def engine(settings: Settings, pool: PostgresPool | None) -> AsyncEngine | None:
    """Return the engine of usage, tenants and keys; None where the deployment keeps none."""
    if settings.database.is_embedded:
        return _embedded_engine(settings)
    return postgres_engine(pool.connection) if pool else None


def migration_engine(settings: Settings) -> AsyncEngine | None:
    """Return an engine without a pool: whoever migrates has one connection, and its lock ends with that."""
    if settings.database.is_embedded:
        return _embedded_engine(settings)
    migrator = connector(settings, "migrate")
    return postgres_engine(migrator.connection) if migrator else None


def key_changes(connector: PostgresConnector | None, known: KnownKeys) -> KeyChanges | None:
    """Return what makes *known* forget keys that are removed elsewhere, None without *connector*."""
    if connector is None:
        return None
    from qfa_adapters.postgres.key_changes import KeyChanges

    return KeyChanges(connector, on_change=lambda key_id: known.forget(key_id=key_id), on_doubt=known.doubt)


def _embedded_engine(settings: Settings) -> AsyncEngine:
    try:
        return embedded_engine(settings.data_dir / EMBEDDED_FILE)
    except StoreUnavailable:
        raise SettingsError(("QFA_DATA_DIR", "wants a folder that can be made and written to")) from None
