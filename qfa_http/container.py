"""
How the parts are put together: the only module that knows adapters.

Everything is made when it is first asked for. Tests put fakes in by `container.llm.override(…)`.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
from dependency_injector import containers, providers
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.absent.stores import AbsentKeyRegistry, AbsentTenantRegistry, AbsentUsageStore
from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.buffer.journal import UsageJournal
from qfa_adapters.buffer.usage_store import BufferedUsageStore
from qfa_adapters.environment.key_store import EnvironmentKeyStore
from qfa_adapters.llm.client import HttpxLLMClient
from qfa_adapters.llm.connection import LLMConnection, UnusableConnection
from qfa_adapters.llm.extractive import ExtractiveLLMClient
from qfa_adapters.llm.prices import PRICES, PricesFileError, read_prices
from qfa_adapters.llm.providers import missing_settings, target_of
from qfa_adapters.sql.engine import embedded_engine, postgres_engine
from qfa_adapters.sql.key_store import SQLKeyStore, SQLTenantStore
from qfa_adapters.sql.usage_store import SQLUsageStore
from qfa_core.budget import TokenBudget
from qfa_core.errors import StoreUnavailable
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.ports.key_store import KeyRegistry, KeyStore, TenantRegistry
from qfa_core.ports.llm_client import LLMClient
from qfa_core.ports.usage_store import UsageStore
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.assign_codes import AssignCodes
from qfa_core.use_cases.authenticate import Authenticate, KnownKeys
from qfa_core.use_cases.detect_sensitive import DetectSensitive
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.make_first_key import MakeFirstKey
from qfa_core.use_cases.manage_keys import ManageKeys
from qfa_core.use_cases.prune_usage import PruneUsage
from qfa_core.use_cases.recording import RecordingLLMClient
from qfa_core.use_cases.report_usage import ReportUsage
from qfa_core.use_cases.summarize import Summarize, SummarizeCorpus
from qfa_http.migrate import upgrade
from qfa_http.readiness import Check, CheckReadiness
from qfa_http.settings import EXTRACTIVE_MODEL, DatabaseSettings, Settings, SettingsError
from qfa_http.wire.health import NO_BACKLOG, DependencyName, UsageBacklog

if TYPE_CHECKING:  # imported where a deployment wants them: the embedded defaults start without
    from qfa_adapters.azure.tokens import ManagedIdentityTokens
    from qfa_adapters.postgres.address import PostgresAddress
    from qfa_adapters.postgres.connector import PostgresConnector
    from qfa_adapters.postgres.key_changes import KeyChanges
    from qfa_adapters.postgres.pool import PostgresPool

EMBEDDED_FILE = "qfa.sqlite3"
JOURNAL_FOLDER = "usage-journal"
KEY_PREFIX = "qfa_"
KEY_BYTES = 32


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _new_id() -> str:
    return str(uuid.uuid4())


def _new_secret() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)


def _connector(settings: Settings, role: str) -> PostgresConnector | None:
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


def _pool(settings: Settings, connector: PostgresConnector | None) -> PostgresPool | None:
    if connector is None:
        return None
    from qfa_adapters.postgres.pool import PostgresPool

    database = settings.database
    return PostgresPool(connector, min_size=database.pool_min, max_size=database.pool_max)


def _engine(settings: Settings, pool: PostgresPool | None) -> AsyncEngine | None:
    if settings.database.is_embedded:
        return _embedded_engine(settings)
    return postgres_engine(pool.connection) if pool else None


def _migration_engine(settings: Settings) -> AsyncEngine | None:
    """Return an engine without a pool: whoever migrates has one connection, and its lock ends with that."""
    if settings.database.is_embedded:
        return _embedded_engine(settings)
    connector = _connector(settings, "migrate")
    return postgres_engine(connector.connection) if connector else None


def _key_changes(connector: PostgresConnector | None, known: KnownKeys) -> KeyChanges | None:
    if connector is None:
        return None
    from qfa_adapters.postgres.key_changes import KeyChanges

    return KeyChanges(connector, on_change=lambda key_id: known.forget(key_id=key_id), on_doubt=known.doubt)


def _embedded_engine(settings: Settings) -> AsyncEngine:
    try:
        return embedded_engine(settings.data_dir / EMBEDDED_FILE)
    except StoreUnavailable:
        raise SettingsError(("QFA_DATA_DIR", "wants a folder that can be made and written to")) from None


def _usage_store(settings: Settings, engine: AsyncEngine | None) -> UsageStore:
    if engine is None:
        return AbsentUsageStore()
    return BufferedUsageStore(SQLUsageStore(engine), journal=UsageJournal(settings.data_dir / JOURNAL_FOLDER))


def _backlog(usage_store: UsageStore) -> UsageBacklog:
    if not isinstance(usage_store, BufferedUsageStore):
        return NO_BACKLOG
    return msgspec.convert(usage_store.backlog, UsageBacklog, from_attributes=True)


def _key_registry(engine: AsyncEngine | None) -> KeyRegistry:
    return AbsentKeyRegistry() if engine is None else SQLKeyStore(engine)


def _tenant_registry(engine: AsyncEngine | None) -> TenantRegistry:
    return AbsentTenantRegistry() if engine is None else SQLTenantStore(engine)


def _configured_keys(settings: Settings) -> KeyStore:
    return EnvironmentKeyStore([(configured.key, configured.secret) for configured in settings.auth.api_keys])


def _llm(settings: Settings) -> LLMClient:
    llm = settings.llm
    if llm.model == EXTRACTIVE_MODEL:
        return ExtractiveLLMClient()
    return HttpxLLMClient(
        _connection(settings), prices=read_prices(llm.prices_file) if llm.prices_file else PRICES
    )


def _connection(settings: Settings) -> LLMConnection:
    llm = settings.llm
    return LLMConnection(
        model=llm.model,
        api_key=llm.api_key,
        api_base=llm.api_base,
        api_version=llm.api_version,
        auth_mode=llm.auth_mode,
        timeout_seconds=llm.timeout_seconds,
        max_concurrency=llm.max_concurrency,
    )


def _check_readiness(
    settings: Settings, usage_store: UsageStore, key_stores: list[KeyStore], anonymizer: Anonymizer
) -> CheckReadiness:
    async def check_key_stores() -> None:
        for store in key_stores:
            await store.check()

    async def llm_is_configured() -> None:
        """Do nothing: asking the provider costs money, and building the container checked the settings."""

    tracks_usage = settings.database.track_usage
    checks: dict[DependencyName, Check | None] = {
        "usage_store": usage_store.check if tracks_usage else None,
        "key_stores": check_key_stores,
        "llm": llm_is_configured,
        "anonymizer": anonymizer.check,
        "embedder": None,
    }
    embedded: list[DependencyName] = []
    if settings.database.is_embedded:
        embedded += ["usage_store"]
    if not settings.auth.api_keys:
        embedded += ["key_stores"]
    if settings.llm.model == EXTRACTIVE_MODEL:
        embedded += ["llm"]
    return CheckReadiness(checks, usage=lambda: _backlog(usage_store), embedded=embedded)


class Container(containers.DeclarativeContainer):
    """The parts of one process, each made once unless it is cheap and without state."""

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)
    clock = providers.Object(time.monotonic)

    connector = providers.ThreadSafeSingleton(_connector, settings, providers.Object("serve"))
    pool = providers.ThreadSafeSingleton(_pool, settings, connector)
    engine = providers.ThreadSafeSingleton(_engine, settings, pool)
    migration_engine = providers.Factory(_migration_engine, settings)
    usage_store = providers.ThreadSafeSingleton(_usage_store, settings, engine)
    key_registry = providers.ThreadSafeSingleton(_key_registry, engine)
    tenant_registry = providers.ThreadSafeSingleton(_tenant_registry, engine)
    configured_keys = providers.ThreadSafeSingleton(_configured_keys, settings)
    key_stores = providers.List(configured_keys, key_registry)
    llm = providers.ThreadSafeSingleton(_llm, settings)
    anonymizer = providers.ThreadSafeSingleton(LexiconAnonymizer)

    recorded_llm = providers.Factory(
        RecordingLLMClient,
        llm,
        usage_store,
        clock=clock,
        now=providers.Object(_now),
        new_id=providers.Object(_new_id),
    )
    budget = providers.Factory(
        TokenBudget,
        max_total_tokens=settings.provided.llm.max_total_tokens,
        chars_per_token=settings.provided.llm.chars_per_token,
    )
    calls = providers.Factory(
        LLMCalls, recorded_llm, anonymizer, clock=clock, budget=budget, allow_raw=settings.provided.allow_raw
    )
    analyze = providers.Factory(
        Analyze,
        calls,
        default_period=settings.provided.analyze.default_coding_trend_period,
        code_fields=settings.provided.analyze.coding_trend_code_fields,
    )
    summarize = providers.Factory(Summarize, calls)
    summarize_corpus = providers.Factory(SummarizeCorpus, calls)
    assign_codes = providers.Factory(AssignCodes, calls)
    detect_sensitive = providers.Factory(DetectSensitive, calls)
    report_usage = providers.Factory(ReportUsage, usage_store)
    prune_usage = providers.Factory(PruneUsage, usage_store)

    known_keys = providers.ThreadSafeSingleton(KnownKeys, clock)
    key_changes = providers.ThreadSafeSingleton(_key_changes, connector, known_keys)
    authenticate = providers.Factory(Authenticate, key_stores, known_keys)
    manage_keys = providers.Factory(
        ManageKeys,
        key_registry,
        tenant_registry,
        known_keys,
        new_id=providers.Object(_new_id),
        new_secret=providers.Object(_new_secret),
    )
    make_first_key = providers.Factory(MakeFirstKey, manage_keys)
    check_readiness = providers.Factory(_check_readiness, settings, usage_store, key_stores, anonymizer)


def build_container(settings: Settings) -> Container:
    """
    Return a container for *settings*; nothing is connected to yet.

    Raises SettingsError where they want something that this version lacks, or a language model that
    cannot be called with what they say of it.
    """
    faults = [*_not_yet(settings), *_llm_faults(settings), *_database_faults(settings)]
    if faults:
        raise SettingsError(*faults)
    return Container(settings=settings)


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[None]:
    """Bring the embedded store up to date, start what works in the background, and stop it all in the end."""
    async with AsyncExitStack() as stack:
        pool = container.pool()
        if pool is not None:
            await stack.enter_async_context(pool)
        engine = container.engine()
        if engine is not None:
            stack.push_async_callback(engine.dispose)
            if container.settings().database.is_embedded:
                await upgrade(engine)
        # The language model stops first, so that its last calls still find where to be recorded.
        for part in (container.usage_store(), container.llm()):
            if isinstance(part, AbstractAsyncContextManager):
                await stack.enter_async_context(part)
        yield


@asynccontextmanager
async def hearing_of_keys(container: Container) -> AsyncIterator[None]:
    """Let keys that are removed elsewhere be refused here at once, where the database tells of them."""
    key_changes = container.key_changes()
    if key_changes is None:
        yield
        return
    async with key_changes:
        yield


def _not_yet(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.key_vault.url is not None:
        yield "KEYVAULT_URL", "cannot be used yet: give the secrets as settings"
    if settings.llm.auth_mode == "entra":
        yield "LLM_AUTH_MODE", "cannot be entra yet: use key"


def _database_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    try:
        _connector(settings, "")
    except SettingsError as error:
        yield from error.faults


def _llm_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.llm.model == EXTRACTIVE_MODEL:
        if settings.llm.api_key or settings.llm.api_base:  # somebody means a real one: no stand-in for them
            yield "LLM_MODEL", "wants a provider's model where LLM_API_KEY or LLM_API_BASE is set"
        return
    try:
        connection = _connection(settings)
        missing = tuple(missing_settings(connection))
        for name in missing:
            yield name, "is needed for this provider"
        if "LLM_API_BASE" not in missing:
            target_of(connection)
        if settings.llm.prices_file:
            read_prices(settings.llm.prices_file)
    except (UnusableConnection, PricesFileError) as error:
        yield error.setting, error.issue
