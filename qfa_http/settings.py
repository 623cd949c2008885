"""
The settings: from the environment to one frozen struct, read once.

Each variable is declared once, beside the field that it fills; reading, `qfa settings` and
docs/settings.md are made from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import msgspec

from qfa_core.secrets import Secret
from qfa_http import settings_values as values
from qfa_http.settings_groups import (
    EXTRACTIVE_MODEL,
    AnalyzeSettings,
    AuthSettings,
    DatabaseSettings,
    EmbeddingSettings,
    HTTPSettings,
    KeyVaultSettings,
    LLMSettings,
    LoggingSettings,
)
from qfa_http.settings_keys import ConfiguredKey
from qfa_http.settings_values import SettingsError, Variable

__all__ = [
    "EXTRACTIVE_MODEL",
    "AnalyzeSettings",
    "AuthSettings",
    "ConfiguredKey",
    "DatabaseSettings",
    "EmbeddingSettings",
    "HTTPSettings",
    "KeyVaultSettings",
    "LLMSettings",
    "LoggingSettings",
    "Settings",
    "SettingsError",
    "declared_variables",
    "embedded_defaults",
    "read_settings",
]

G = TypeVar("G", bound=msgspec.Struct)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings; those of a fresh `Settings()` are the embedded defaults, for trying out."""

    llm: LLMSettings = LLMSettings()
    auth: AuthSettings = AuthSettings()
    key_vault: KeyVaultSettings = KeyVaultSettings()
    database: DatabaseSettings = DatabaseSettings()
    analyze: AnalyzeSettings = AnalyzeSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    http: HTTPSettings = HTTPSettings()
    logging: LoggingSettings = LoggingSettings()
    application_insights: Annotated[
        Secret | None,
        Variable("APPLICATIONINSIGHTS_CONNECTION_STRING", values.SECRET, "traces, metrics and logs go there"),
    ] = None
    otlp_endpoint: Annotated[
        str | None,
        Variable(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            values.WEB_ADDRESS,
            "or to any collector that speaks OTLP over HTTP; the other OTEL_… are the SDK's",
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
    min_group: Annotated[
        int,
        Variable(
            "PRIVACY_MIN_GROUP",
            values.whole_number(1, 1_000_000),
            "coding trends do not tell what fewer records carry; 1 tells all",
        ),
    ] = 1


def read_settings(environ: Mapping[str, str]) -> Settings:
    """
    Read all settings from *environ*; what is not set, or empty, takes its default.

    Raises SettingsError, which names every variable at fault.
    """
    faults: dict[str, str] = {}
    settings = _read_group(Settings, environ, faults)
    for rule in (_database_faults, _embedding_faults, _production_faults):
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


def _embedding_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    embedding = settings.embedding
    wanted = {
        "EMBEDDING_ONNX_FILE": embedding.onnx_file,
        "EMBEDDING_ONNX_SHA256": embedding.onnx_sha256,
        "EMBEDDING_TOKENIZER_FILE": embedding.tokenizer_file,
        "EMBEDDING_TOKENIZER_SHA256": embedding.tokenizer_sha256,
    }
    for name, value in wanted.items():
        if embedding.model == "onnx" and value is None:
            yield name, "is needed with EMBEDDING_MODEL=onnx"
        elif embedding.model != "onnx" and value is not None:
            yield name, "wants EMBEDDING_MODEL=onnx"


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
        lambda settings: settings.llm.model.startswith("local/"),
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
