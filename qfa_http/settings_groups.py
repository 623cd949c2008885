"""The groups of settings: each variable stands beside the field that it fills."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from qfa_core.feedback import CODING_LEVEL_FIELDS
from qfa_core.insights import TrendPeriod
from qfa_core.secrets import Secret
from qfa_http import settings_values as values
from qfa_http.settings_keys import API_KEYS, ConfiguredKey
from qfa_http.settings_values import Variable, list_of, number, one_of, whole_number

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
            "LLM_AUTH_MODE",
            one_of("key", "entra"),
            "entra: a managed identity instead of a key (azure/ and azure_ai/)",
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
            "the vault of the secrets llm-api-key, llm-api-base and auth-api-keys; empty: none",
        ),
    ] = None
    refresh_seconds: Annotated[
        float,
        Variable("KEYVAULT_REFRESH_SECONDS", number(1, 86_400), "how often the vault is read again"),
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
            "DB_AUTH_MODE",
            one_of("password", "entra"),
            "entra: a managed identity's token instead of a password, over TLS",
        ),
    ] = "password"
    aad_scope: Annotated[
        str,
        Variable("DB_AAD_SCOPE", values.WEB_ADDRESS, "with entra: what the identity's token is asked for"),
    ] = _ENTRA_DATABASE_SCOPE
    pool_min: Annotated[
        int, Variable("DB_POOL_MIN", whole_number(0, 1000), "connections that each process keeps open")
    ] = 1
    pool_max: Annotated[
        int,
        Variable(
            "DB_POOL_MAX",
            whole_number(1, 1000),
            "connections of each process at most, beside one that listens",
        ),
    ] = 10
    migration_wait_seconds: Annotated[
        float,
        Variable(
            "DB_MIGRATION_WAIT_SECONDS",
            number(0.1, 86_400),
            "how long to wait while another process migrates the database",
        ),
    ] = 60.0

    @property
    def is_embedded(self) -> bool:
        """Whether usage is tracked in the embedded store, for want of a database."""
        return self.track_usage and self.url is None and self.host is None


class AnalyzeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many records are analysed."""

    min_cluster_size: Annotated[
        int,
        Variable(
            "ANALYZE_MIN_CLUSTER_SIZE",
            whole_number(2, 100_000),
            "hierarchical mode: how many records of near meaning make a theme",
        ),
    ] = 5
    target_chunk_tokens: Annotated[
        int,
        Variable(
            "ANALYZE_TARGET_CHUNK_TOKENS",
            whole_number(100, 10_000_000),
            "hierarchical mode: how much feedback one call reads",
        ),
    ] = 2000
    max_concurrent_chunks: Annotated[
        int,
        Variable(
            "ANALYZE_MAX_CONCURRENT_CHUNKS",
            whole_number(1, 10_000),
            "hierarchical mode: calls at one time, for one request",
        ),
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


class EmbeddingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What finds texts of near meaning, for hierarchical analyses."""

    model: Annotated[
        Literal["use", "e5", "onnx", "none"],
        Variable(
            "EMBEDDING_MODEL",
            one_of("use", "e5", "onnx", "none"),
            "use: the Universal Sentence Encoder; e5: better, a twentieth as fast; onnx: one's own; "
            "none: no hierarchical analysis",
        ),
    ] = "use"
    threads: Annotated[
        int, Variable("EMBEDDING_THREADS", whole_number(1, 64), "threads that embed, for all requests")
    ] = 2
    onnx_file: Annotated[
        Path | None,
        Variable("EMBEDDING_ONNX_FILE", values.EXISTING_FILE, "onnx: a sentence model that was exported"),
    ] = None
    onnx_sha256: Annotated[
        str | None, Variable("EMBEDDING_ONNX_SHA256", values.SHA256, "onnx: what the model is pinned by")
    ] = None
    tokenizer_file: Annotated[
        Path | None,
        Variable("EMBEDDING_TOKENIZER_FILE", values.EXISTING_FILE, "onnx: the model's tokenizer.json"),
    ] = None
    tokenizer_sha256: Annotated[
        str | None,
        Variable("EMBEDDING_TOKENIZER_SHA256", values.SHA256, "onnx: what the tokenizer is pinned by"),
    ] = None
    prefix: Annotated[
        str | None,
        Variable("EMBEDDING_PREFIX", values.WORD, "onnx: a word that the model wants before each text"),
    ] = None
    max_tokens: Annotated[
        int,
        Variable("EMBEDDING_MAX_TOKENS", whole_number(8, 8192), "onnx: how much of a text the model reads"),
    ] = 512


class HTTPSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how the service listens."""

    host: Annotated[str, Variable("NETWORK_HOST", values.WORD, "the address to listen at")] = "0.0.0.0"  # noqa: S104 - in a container, the network decides who gets in
    port: Annotated[int, Variable("NETWORK_PORT", whole_number(1, 65_535), "the port to listen at")] = 8000
    max_body_bytes: Annotated[
        int, Variable("HTTP_MAX_BODY_BYTES", whole_number(1, 2**31), "the largest request body")
    ] = 64 * 2**20
    workers: Annotated[
        int, Variable("WEB_CONCURRENCY", whole_number(1, 64), "processes that serve, with `qfa serve`")
    ] = 1


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
