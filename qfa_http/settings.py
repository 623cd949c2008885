"""
The settings: from the environment to one frozen struct, read once.

Each variable is declared once, beside the field that it fills; reading, `qfa settings` and
docs/settings.md are made from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec

from qfa_core.feedback import CODING_LEVEL_FIELDS
from qfa_core.insights import TrendPeriod
from qfa_core.secrets import Secret
from qfa_http import settings_values as values
from qfa_http.settings_keys import API_KEYS, ConfiguredKey
from qfa_http.settings_values import SettingsError, Variable, list_of, number, one_of, whole_number

__all__ = ["ConfiguredKey", "Settings", "SettingsError", "embedded_defaults", "read_settings"]

G = TypeVar("G", bound=msgspec.Struct)

EXTRACTIVE_MODEL = "local/extractive"
_ENTRA_DATABASE_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"


class LLMSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The language model, and how to reach it."""

    model: Annotated[
        str, Variable("LLM_MODEL", values.MODEL_NAME, "the language model; local/extractive needs no network")
    ] = EXTRACTIVE_MODEL
    api_key: Annotated[Secret | None, Variable("LLM_API_KEY", values.HEADER_SECRET, "the provider's key")] = (
        None
    )
    api_base: Annotated[
        str | None, Variable("LLM_API_BASE", values.WEB_ADDRESS, "the provider's address")
    ] = None
    api_version: Annotated[
        str | None, Variable("LLM_API_VERSION", values.WORD, "the API version that Azure wants named")
    ] = None
    auth_mode: Annotated[
        Literal["key", "entra"],
        Variable(
            "LLM_AUTH_MODE", one_of("key", "entra"), "entra: a managed identity instead of a key (Azure)"
        ),
    ] = "key"
    timeout_seconds: Annotated[
        float, Variable("LLM_TIMEOUT_SECONDS", number(0.1, 3600), "how long one attempt of a call may take")
    ] = 115.0
    max_total_tokens: Annotated[
        int,
        Variable("LLM_MAX_TOTAL_TOKENS", whole_number(1, 10_000_000), "how much text one call may hold"),
    ] = 100_000
    chars_per_token: Annotated[
        float, Variable("LLM_CHARS_PER_TOKEN", number(0.1, 100), "characters a token, for estimates")
    ] = 4.0
    max_concurrency: Annotated[
        int, Variable("LLM_MAX_CONCURRENCY", whole_number(1, 10_000), "calls at one time, over all requests")
    ] = 64
    prices_file: Annotated[
        Path | None,
        Variable("LLM_PRICES_FILE", values.EXISTING_FILE, "prices of models that the built-in list lacks"),
    ] = None


class AuthSettings(msgspec.Struct, frozen=True, kw_only=True):
    """API keys that are known without a database."""

    api_keys: Annotated[
        tuple[ConfiguredKey, ...], Variable("AUTH_API_KEYS", API_KEYS, "API keys of callers")
    ] = ()


class KeyVaultSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Azure Key Vault, where secrets can be read from."""

    url: Annotated[
        str | None,
        Variable(
            "KEYVAULT_URL",
            values.WEB_ADDRESS,
            "the vault of the secrets llm-api-key, llm-api-base and auth-api-keys; empty: none is used",
        ),
    ] = None
    refresh_seconds: Annotated[
        float, Variable("KEYVAULT_REFRESH_SECONDS", number(1, 86_400), "how often the vault is read again")
    ] = 60.0


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The database of usage, tenants and keys."""

    track_usage: Annotated[
        bool, Variable("DB_TRACK_USAGE", values.BOOLEAN, "false: no database is used, no usage is kept")
    ] = True
    url: Annotated[
        Secret | None,
        Variable("DB_URL", values.DATABASE_URL, "PostgreSQL in one value, instead of DB_HOST …"),
    ] = None
    host: Annotated[
        str | None,
        Variable("DB_HOST", values.WORD, "the PostgreSQL server; with no DB_URL either: the embedded store"),
    ] = None
    port: Annotated[int, Variable("DB_PORT", whole_number(1, 65_535), "the server's port")] = 5432
    name: Annotated[str | None, Variable("DB_NAME", values.WORD, "the database's name")] = None
    user: Annotated[
        str | None, Variable("DB_USER", values.WORD, "the role to connect as; with entra the identity's name")
    ] = None
    password: Annotated[Secret | None, Variable("DB_PASSWORD", values.SECRET, "the role's password")] = None
    auth_mode: Annotated[
        Literal["password", "entra"],
        Variable(
            "DB_AUTH_MODE", one_of("password", "entra"), "entra: a managed identity's token as password"
        ),
    ] = "password"
    aad_scope: Annotated[
        str, Variable("DB_AAD_SCOPE", values.WEB_ADDRESS, "what the identity's token is asked for")
    ] = _ENTRA_DATABASE_SCOPE
    pool_min: Annotated[
        int, Variable("DB_POOL_MIN", whole_number(0, 1000), "connections that are kept open")
    ] = 1
    pool_max: Annotated[int, Variable("DB_POOL_MAX", whole_number(1, 1000), "connections at most")] = 10

    @property
    def is_embedded(self) -> bool:
        """Whether usage is tracked in the embedded store, for want of a database."""
        return self.track_usage and self.url is None and self.host is None


class AnalyzeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many records are analysed."""

    min_cluster_size: Annotated[
        int, Variable("ANALYZE_MIN_CLUSTER_SIZE", whole_number(2, 100_000), "records that make a cluster")
    ] = 5
    target_chunk_tokens: Annotated[
        int,
        Variable(
            "ANALYZE_TARGET_CHUNK_TOKENS", whole_number(100, 10_000_000), "text a chunk of hierarchical mode"
        ),
    ] = 2000
    max_concurrent_chunks: Annotated[
        int,
        Variable("ANALYZE_MAX_CONCURRENT_CHUNKS", whole_number(1, 10_000), "chunks at one time, a request"),
    ] = 64
    coding_trend_code_fields: Annotated[
        tuple[str, ...],
        Variable(
            "ANALYZE_CODING_TREND_CODE_FIELDS",
            list_of(*CODING_LEVEL_FIELDS),
            "the coding levels that trends count",
        ),
    ] = CODING_LEVEL_FIELDS
    default_coding_trend_period: Annotated[
        TrendPeriod,
        Variable(
            "ANALYZE_DEFAULT_CODING_TREND_PERIOD",
            one_of("day", "week", "month"),
            "the period of trends where a request names none",
        ),
    ] = "week"


class HTTPSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how the service listens."""

    host: Annotated[str, Variable("NETWORK_HOST", values.WORD, "the address to listen at")] = "0.0.0.0"  # noqa: S104 - in a container, the network decides who gets in
    port: Annotated[int, Variable("NETWORK_PORT", whole_number(1, 65_535), "the port to listen at")] = 8000
    max_body_bytes: Annotated[
        int, Variable("HTTP_MAX_BODY_BYTES", whole_number(1, 2**31), "the largest request body")
    ] = 64 * 2**20


class LoggingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is logged, and how."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Variable("LOG_LOGLEVEL", one_of("debug", "info", "warning", "error"), "the least level to log"),
    ] = "info"
    format: Annotated[
        Literal["json", "text"],
        Variable("LOG_FORMAT", one_of("json", "text"), "lines for machines, or for people"),
    ] = "json"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings; those of a fresh `Settings()` are the embedded defaults, for trying out."""

    llm: LLMSettings = LLMSettings()
    auth: AuthSettings = AuthSettings()
    key_vault: KeyVaultSettings = KeyVaultSettings()
    database: DatabaseSettings = DatabaseSettings()
    analyze: AnalyzeSettings = AnalyzeSettings()
    http: HTTPSettings = HTTPSettings()
    logging: LoggingSettings = LoggingSettings()
    application_insights: Annotated[
        Secret | None,
        Variable(
            "APPLICATIONINSIGHTS_CONNECTION_STRING", values.SECRET, "where telemetry goes; empty: nowhere"
        ),
    ] = None
    data_dir: Annotated[
        Path, Variable("QFA_DATA_DIR", values.PATH, "the directory of the embedded store and of journals")
    ] = Path(".qfa")
    production: Annotated[
        bool, Variable("QFA_PRODUCTION", values.BOOLEAN, "true: refuse to start on embedded defaults")
    ] = False
    allow_raw: Annotated[
        bool, Variable("PRIVACY_ALLOW_RAW", values.BOOLEAN, "true: callers may ask for no pseudonymisation")
    ] = False


def read_settings(environ: Mapping[str, str]) -> Settings:
    """
    Read all settings from *environ*; what is not set, or empty, takes its default.

    Raises SettingsError, which names every variable at fault.
    """
    faults: dict[str, str] = {}
    settings = _read_group(Settings, environ, faults)
    for rule in (_database_faults, _production_faults):
        for name, issue in rule(settings):
            faults.setdefault(name, issue)
    if faults:
        raise SettingsError(*faults.items())
    return settings


def declared_variables(group: type[msgspec.Struct] = Settings) -> Iterator[tuple[Variable, Any]]:
    """Yield every variable with its default, in the order of declaration."""
    for field in msgspec.structs.fields(group):
        variable = _variable_of(field)
        if variable is None:
            yield from declared_variables(field.type)
        else:
            yield variable, field.default


def _read_group(group: type[G], environ: Mapping[str, str], faults: dict[str, str]) -> G:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(group):
        variable = _variable_of(field)
        if variable is None:
            found[field.name] = _read_group(field.type, environ, faults)
        elif variable.is_set(environ):
            try:
                found[field.name] = variable.read(environ)
            except SettingsError as error:
                faults.update(error.faults)
    return group(**found)


def _variable_of(field: msgspec.structs.FieldInfo) -> Variable | None:
    """Return the variable that fills *field*, None for a group of settings."""
    extras = getattr(field.type, "__metadata__", ())
    return next((cast(Variable, extra) for extra in extras), None)


def _database_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    database = settings.database
    if not database.track_usage:
        return
    if database.pool_min > database.pool_max:
        yield "DB_POOL_MIN", "wants to be no larger than DB_POOL_MAX"
    parts: dict[str, str | Secret | None] = {
        "DB_HOST": database.host,
        "DB_NAME": database.name,
        "DB_USER": database.user,
    }
    if database.auth_mode == "password":
        parts["DB_PASSWORD"] = database.password
    if database.url is not None and any(parts.values()):
        yield "DB_URL", "wants to be the only one where DB_HOST, DB_NAME, DB_USER or DB_PASSWORD is set"
    elif database.url is None and (any(parts.values()) or database.auth_mode == "entra"):
        for name, part in parts.items():
            if not part:
                yield name, "is needed to reach the database"


class _EmbeddedDefault(msgspec.Struct, frozen=True):
    """Something for trying out that is *in_force* unless *variable* (or its alternative) is set."""

    variable: str
    alternative: str
    description: str
    in_force: Callable[[Settings], bool]


_EMBEDDED_DEFAULTS = (
    _EmbeddedDefault(
        "LLM_MODEL",
        "",
        f"the stand-in language model {EXTRACTIVE_MODEL}",
        lambda settings: settings.llm.model == EXTRACTIVE_MODEL,
    ),
    _EmbeddedDefault(
        "DB_URL",
        "or DB_HOST ",
        "the embedded store under QFA_DATA_DIR",
        lambda settings: settings.database.is_embedded,
    ),
    _EmbeddedDefault(
        "AUTH_API_KEYS",
        "or KEYVAULT_URL ",
        "a superuser key made on the first start",
        lambda settings: not settings.auth.api_keys and settings.key_vault.url is None,
    ),
)


def embedded_defaults(settings: Settings) -> tuple[str, ...]:
    """Return, in words, which of the defaults that are only for trying out are in force."""
    return tuple(default.description for default in _EMBEDDED_DEFAULTS if default.in_force(settings))


def _production_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.production:
        return
    for default in _EMBEDDED_DEFAULTS:
        if default.in_force(settings):
            yield (
                default.variable,
                f"{default.alternative}is needed in production, instead of {default.description}",
            )
