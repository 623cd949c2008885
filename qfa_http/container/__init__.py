"""
How the parts are put together: the only package of this ring that knows adapters.

Everything is made when it is first asked for. Tests put fakes in by `container.llm.override(…)`.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from dependency_injector import containers, providers
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.absent.stores import AbsentKeyRegistry, AbsentTenantRegistry, AbsentUsageStore
from qfa_adapters.anonymize.lexicon_anonymizer import LexiconAnonymizer
from qfa_adapters.buffer.journal import UsageJournal
from qfa_adapters.buffer.usage_store import BufferedUsageStore
from qfa_adapters.environment.key_store import EnvironmentKeyStore
from qfa_adapters.sql.key_store import SQLKeyStore, SQLTenantStore
from qfa_adapters.sql.usage_store import SQLUsageStore
from qfa_core.budget import TokenBudget
from qfa_core.ports.anonymizer import Anonymizer
from qfa_core.ports.key_store import KeyRegistry, KeyStore, TenantRegistry
from qfa_core.ports.usage_store import UsageStore
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.assign_codes import AssignCodes
from qfa_core.use_cases.authenticate import Authenticate, KnownKeys
from qfa_core.use_cases.detect_sensitive import DetectSensitive
from qfa_core.use_cases.follow_secrets import FollowSecrets
from qfa_core.use_cases.llm_calls import LLMCalls
from qfa_core.use_cases.make_first_key import MakeFirstKey
from qfa_core.use_cases.manage_keys import ManageKeys
from qfa_core.use_cases.prune_usage import PruneUsage
from qfa_core.use_cases.recording import RecordingLLMClient
from qfa_core.use_cases.report_usage import ReportUsage
from qfa_core.use_cases.summarize import Summarize, SummarizeCorpus
from qfa_http.container import clustering, database, key_vault, language_model, telling
from qfa_http.readiness import Check, CheckReadiness
from qfa_http.settings import EXTRACTIVE_MODEL, Settings, SettingsError
from qfa_http.vault_keys import VaultKeys
from qfa_http.wire.health import NO_BACKLOG, DependencyName, UsageBacklog

if TYPE_CHECKING:  # imported where a deployment wants it
    from qfa_adapters.telemetry.telemetry import Telemetry

JOURNAL_FOLDER = "usage-journal"
KEY_PREFIX = "qfa_"
KEY_BYTES = 32


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _new_id() -> str:
    return str(uuid.uuid4())


def _new_secret() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)


def _usage_store(settings: Settings, engine: AsyncEngine | None, telemetry: Telemetry | None) -> UsageStore:
    if engine is None:
        return AbsentUsageStore()
    store = telling.traced_usage_store(SQLUsageStore(engine), settings, telemetry)
    return BufferedUsageStore(store, journal=UsageJournal(settings.data_dir / JOURNAL_FOLDER))


def _backlog(usage_store: UsageStore) -> UsageBacklog:
    if not isinstance(usage_store, BufferedUsageStore):
        return NO_BACKLOG
    return msgspec.convert(usage_store.backlog, UsageBacklog, from_attributes=True)


def _key_registry(settings: Settings, engine: AsyncEngine | None, telemetry: Telemetry | None) -> KeyRegistry:
    if engine is None:
        return AbsentKeyRegistry()
    return telling.traced_keys(SQLKeyStore(engine), settings, telemetry)


def _tenant_registry(
    settings: Settings, engine: AsyncEngine | None, telemetry: Telemetry | None
) -> TenantRegistry:
    if engine is None:
        return AbsentTenantRegistry()
    return telling.traced_tenants(SQLTenantStore(engine), settings, telemetry)


def _configured_keys(settings: Settings) -> KeyStore:
    return EnvironmentKeyStore([(configured.key, configured.secret) for configured in settings.auth.api_keys])


def _check_readiness(
    settings: Settings,
    usage_store: UsageStore,
    key_stores: list[KeyStore],
    anonymizer: Anonymizer,
    embedder: Check | None,
    secrets: FollowSecrets | None,
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
        "embedder": embedder,
    }
    embedded: list[DependencyName] = []
    if settings.database.is_embedded:
        embedded += ["usage_store"]
    if not settings.auth.api_keys and secrets is None:
        embedded += ["key_stores"]
    if settings.llm.model == EXTRACTIVE_MODEL:
        embedded += ["llm"]
    return CheckReadiness(
        checks,
        usage=lambda: _backlog(usage_store),
        known_states={"key_vault": lambda: key_vault.state(secrets)},
        embedded=embedded,
    )


class Container(containers.DeclarativeContainer):
    """The parts of one process, each made once unless it is cheap and without state."""

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)
    clock = providers.Object(time.monotonic)

    telemetry = providers.ThreadSafeSingleton(telling.telemetry, settings)
    watch_request = providers.Callable(telling.watch_request, telemetry)
    connector = providers.ThreadSafeSingleton(database.connector, settings, providers.Object("serve"))
    pool = providers.ThreadSafeSingleton(database.pool, settings, connector)
    engine = providers.ThreadSafeSingleton(database.engine, settings, pool)
    migration_engine = providers.Factory(database.migration_engine, settings)
    usage_store = providers.ThreadSafeSingleton(_usage_store, settings, engine, telemetry)
    usage_backlog = providers.Callable(_backlog, usage_store)
    key_registry = providers.ThreadSafeSingleton(_key_registry, settings, engine, telemetry)
    tenant_registry = providers.ThreadSafeSingleton(_tenant_registry, settings, engine, telemetry)
    configured_keys = providers.ThreadSafeSingleton(_configured_keys, settings)
    known_keys = providers.ThreadSafeSingleton(KnownKeys, clock)
    secret_store = providers.ThreadSafeSingleton(key_vault.store, settings)
    secrets = providers.ThreadSafeSingleton(key_vault.secrets, settings, secret_store)
    vault_keys = providers.ThreadSafeSingleton(key_vault.key_store, secrets, known_keys)
    key_stores = providers.List(configured_keys, vault_keys, key_registry)
    llm = providers.ThreadSafeSingleton(language_model.client, settings, secrets)
    anonymizer = providers.ThreadSafeSingleton(LexiconAnonymizer)
    embedder = providers.ThreadSafeSingleton(clustering.embedder, settings)
    clusterer = providers.ThreadSafeSingleton(clustering.clusterer, embedder)

    recorded_llm = providers.Factory(
        RecordingLLMClient,
        providers.Callable(telling.traced_llm, llm, telemetry),
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
    hierarchical = providers.Factory(clustering.hierarchical, settings, calls, embedder, clusterer, clock)
    analyze = providers.Factory(
        Analyze,
        calls,
        hierarchical=hierarchical,
        default_period=settings.provided.analyze.default_coding_trend_period,
        code_fields=settings.provided.analyze.coding_trend_code_fields,
        min_group=settings.provided.min_group,
    )
    summarize = providers.Factory(Summarize, calls)
    summarize_corpus = providers.Factory(SummarizeCorpus, calls)
    assign_codes = providers.Factory(AssignCodes, calls)
    detect_sensitive = providers.Factory(DetectSensitive, calls)
    report_usage = providers.Factory(ReportUsage, usage_store)
    prune_usage = providers.Factory(PruneUsage, usage_store)

    key_changes = providers.ThreadSafeSingleton(database.key_changes, connector, known_keys)
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
    check_readiness = providers.Factory(
        _check_readiness,
        settings,
        usage_store,
        key_stores,
        anonymizer,
        providers.Callable(clustering.readiness_check, embedder, clusterer),
        secrets,
    )
    operators_store = providers.ThreadSafeSingleton(key_vault.operators_store, settings)
    manage_vault_keys = providers.Factory(
        VaultKeys,
        operators_store,
        new_id=providers.Object(_new_id),
        new_secret=providers.Object(_new_secret),
    )


def build_container(settings: Settings) -> Container:
    """
    Return a container for *settings*; nothing is connected to yet.

    Raises SettingsError where they want something that this version lacks, or a language model that
    cannot be called with what they say of it.
    """
    faults = [
        *key_vault.faults(settings),
        *language_model.faults(settings),
        *_database_faults(settings),
        *clustering.faults(settings),
        *telling.faults(settings),
    ]
    if faults:
        raise SettingsError(*faults)
    return Container(settings=settings)


def _database_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    try:
        database.connector(settings, "")
    except SettingsError as error:
        yield from error.faults
