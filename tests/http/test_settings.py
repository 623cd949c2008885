"""Settings: what is read, what is refused, and that nothing secret gets out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qfa_core.tenancy import ApiKey
from qfa_http.settings import (
    Settings,
    SettingsError,
    declared_variables,
    embedded_defaults,
    read_settings,
)
from qfa_http.settings_values import Variable

CANARY = "canary-4711"
ENTRY = {"name": "EspoCRM", "key": CANARY, "tenant_id": "kenya"}
VARIABLES = [variable for variable, _ in declared_variables()]
NAMES = [variable.name for variable in VARIABLES]
# A value of the wrong shape for each variable that has a shape; each holds the canary.
MALFORMED = {
    "LLM_MODEL": CANARY,
    "LLM_API_KEY": f"{CANARY}é",
    "LLM_API_BASE": f"ftp://{CANARY}",
    "LLM_API_VERSION": f"two {CANARY}",
    "LLM_AUTH_MODE": CANARY,
    "LLM_TIMEOUT_SECONDS": f"1{CANARY}",
    "LLM_MAX_TOTAL_TOKENS": CANARY,
    "LLM_CHARS_PER_TOKEN": CANARY,
    "LLM_MAX_CONCURRENCY": CANARY,
    "LLM_PRICES_FILE": f"/{CANARY}/none.json",
    "AUTH_API_KEYS": json.dumps([{"key": CANARY}]),
    "KEYVAULT_URL": f"https://user:{CANARY}@vault.example",
    "KEYVAULT_REFRESH_SECONDS": CANARY,
    "DB_TRACK_USAGE": CANARY,
    "DB_URL": f"mysql://u:{CANARY}@h/d",
    "DB_HOST": f"two {CANARY}",
    "DB_PORT": CANARY,
    "DB_NAME": f"two {CANARY}",
    "DB_USER": f"two {CANARY}",
    "DB_AUTH_MODE": CANARY,
    "DB_AAD_SCOPE": CANARY,
    "DB_POOL_MIN": CANARY,
    "DB_POOL_MAX": CANARY,
    "DB_MIGRATION_WAIT_SECONDS": CANARY,
    "ANALYZE_MIN_CLUSTER_SIZE": CANARY,
    "ANALYZE_TARGET_CHUNK_TOKENS": CANARY,
    "ANALYZE_MAX_CONCURRENT_CHUNKS": CANARY,
    "ANALYZE_CODING_TREND_CODE_FIELDS": f"coding_level_1,{CANARY}",
    "ANALYZE_DEFAULT_CODING_TREND_PERIOD": CANARY,
    "EMBEDDING_MODEL": CANARY,
    "EMBEDDING_THREADS": CANARY,
    "EMBEDDING_ONNX_FILE": f"/{CANARY}/model.onnx",
    "EMBEDDING_ONNX_SHA256": CANARY,
    "EMBEDDING_TOKENIZER_FILE": f"/{CANARY}/tokenizer.json",
    "EMBEDDING_TOKENIZER_SHA256": CANARY,
    "EMBEDDING_PREFIX": f"two {CANARY}",
    "EMBEDDING_MAX_TOKENS": CANARY,
    "NETWORK_HOST": f"two {CANARY}",
    "NETWORK_PORT": CANARY,
    "HTTP_MAX_BODY_BYTES": CANARY,
    "WEB_CONCURRENCY": CANARY,
    "LOG_LOGLEVEL": CANARY,
    "LOG_FORMAT": CANARY,
    "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://user:{CANARY}@collector.example",
    "QFA_DATA_DIR": f"{CANARY}\0",
    "QFA_PRODUCTION": CANARY,
    "PRIVACY_ALLOW_RAW": CANARY,
    "PRIVACY_MIN_GROUP": CANARY,
}
CONTRACT = """
    LLM_MODEL LLM_API_KEY LLM_API_BASE LLM_API_VERSION LLM_AUTH_MODE LLM_TIMEOUT_SECONDS
    LLM_MAX_TOTAL_TOKENS LLM_CHARS_PER_TOKEN LLM_MAX_CONCURRENCY LLM_PRICES_FILE
    AUTH_API_KEYS KEYVAULT_URL KEYVAULT_REFRESH_SECONDS
    DB_TRACK_USAGE DB_URL DB_HOST DB_PORT DB_NAME DB_USER DB_PASSWORD DB_AUTH_MODE DB_AAD_SCOPE
    DB_POOL_MIN DB_POOL_MAX DB_MIGRATION_WAIT_SECONDS
    ANALYZE_MIN_CLUSTER_SIZE ANALYZE_TARGET_CHUNK_TOKENS ANALYZE_MAX_CONCURRENT_CHUNKS
    ANALYZE_CODING_TREND_CODE_FIELDS ANALYZE_DEFAULT_CODING_TREND_PERIOD
    EMBEDDING_MODEL EMBEDDING_THREADS EMBEDDING_ONNX_FILE EMBEDDING_ONNX_SHA256 EMBEDDING_TOKENIZER_FILE
    EMBEDDING_TOKENIZER_SHA256 EMBEDDING_PREFIX EMBEDDING_MAX_TOKENS
    NETWORK_HOST NETWORK_PORT HTTP_MAX_BODY_BYTES WEB_CONCURRENCY LOG_LOGLEVEL LOG_FORMAT
    APPLICATIONINSIGHTS_CONNECTION_STRING OTEL_EXPORTER_OTLP_ENDPOINT
    QFA_DATA_DIR QFA_PRODUCTION PRIVACY_ALLOW_RAW PRIVACY_MIN_GROUP
"""
SHAPELESS = {"DB_PASSWORD", "APPLICATIONINSIGHTS_CONNECTION_STRING"}
DATABASE = {"DB_HOST": "db", "DB_NAME": "qfa", "DB_USER": "qfa", "DB_PASSWORD": "secret"}


def faults(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return dict(caught.value.faults)


def test_without_any_variable_the_contracts_defaults_hold() -> None:
    settings = read_settings({})

    assert settings == Settings()
    assert settings.llm.model == "local/extractive"
    assert settings.llm.timeout_seconds == 115
    assert settings.http.max_body_bytes == 64 * 1024 * 1024
    assert settings.http.port == 8000
    assert settings.data_dir == Path(".qfa")
    assert settings.analyze.coding_trend_code_fields == ("coding_level_1", "coding_level_2", "coding_level_3")


def test_every_variable_of_the_contract_is_declared_once() -> None:
    assert sorted(NAMES) == sorted(re.findall("[A-Z0-9_]+", CONTRACT))


def test_every_variable_with_a_shape_is_tried_malformed_below() -> None:
    assert set(MALFORMED) | SHAPELESS == set(NAMES)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_value_is_one_line_that_names_the_variable_and_not_the_value(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({name: MALFORMED[name]})

    message = str(caught.value)
    assert re.match(rf"{name} wants .", message)
    assert "\n" not in message
    assert CANARY not in message
    assert caught.value.__context__ is None


@pytest.mark.parametrize("variable", VARIABLES, ids=NAMES)
def test_an_unresolved_key_vault_reference_is_refused_everywhere(variable: Variable) -> None:
    reference = f"@Microsoft.KeyVault(SecretUri=https://v.example/secrets/{CANARY})"

    found = faults({variable.name: reference})

    assert found[variable.name] == "is a Key Vault reference that was not resolved"
    assert CANARY not in str(found)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_counts_as_not_set(name: str) -> None:
    assert read_settings({name: " "}) == Settings()


def test_all_faults_are_named_at_once() -> None:
    found = faults({"NETWORK_PORT": "0", "LOG_LOGLEVEL": "loud", "QFA_PRODUCTION": "yes"})

    assert set(found) == {"NETWORK_PORT", "LOG_LOGLEVEL", "LLM_MODEL", "DB_URL", "AUTH_API_KEYS"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("NETWORK_PORT", "65536"),
        ("NETWORK_PORT", "-1"),
        ("NETWORK_PORT", "١٢"),
        ("NETWORK_PORT", "8_0"),
        ("LLM_TIMEOUT_SECONDS", "0"),
        ("LLM_TIMEOUT_SECONDS", "nan"),
        ("LLM_TIMEOUT_SECONDS", "inf"),
        ("LLM_MAX_TOTAL_TOKENS", "0"),
        ("DB_POOL_MAX", "0"),
        ("LLM_API_BASE", "https://"),
        ("LLM_API_BASE", "http://[broken"),
        ("LLM_API_BASE", "https://host:99999"),
        ("LLM_API_BASE", "https://host/?key=secret"),
        ("LLM_API_KEY", "two\nlines"),
        ("ANALYZE_CODING_TREND_CODE_FIELDS", "[]"),
        ("DB_URL", "postgresql://host"),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, text: str) -> None:
    assert name in faults({name: text})


def test_values_are_read_in_the_types_that_the_service_works_with() -> None:
    settings = read_settings(
        {
            "LLM_TIMEOUT_SECONDS": "2.5",
            "LOG_LOGLEVEL": "WARNING",
            "PRIVACY_ALLOW_RAW": "Yes",
            "DB_TRACK_USAGE": "0",
            "ANALYZE_CODING_TREND_CODE_FIELDS": '["coding_level_2", "coding_level_2"]',
            "LLM_API_KEY": "key\n",
        }
    )

    assert settings.llm.timeout_seconds == 2.5
    assert settings.logging.level == "warning"
    assert settings.allow_raw is True
    assert settings.database.track_usage is False
    assert settings.analyze.coding_trend_code_fields == ("coding_level_2",)
    assert settings.llm.api_key is not None
    assert settings.llm.api_key.reveal() == "key"


def test_no_secret_shows_in_the_settings() -> None:
    environ = {
        "LLM_API_KEY": CANARY,
        "AUTH_API_KEYS": json.dumps([ENTRY]),
        "DB_URL": f"postgresql://u:{CANARY}@h/d",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": CANARY,
    }

    settings = read_settings(environ)

    assert CANARY not in f"{settings} {settings!r}"


def test_every_variable_that_holds_a_secret_is_declared_as_one() -> None:
    secret = {variable.name for variable in VARIABLES if variable.kind.is_secret}

    assert secret == {
        "LLM_API_KEY",
        "AUTH_API_KEYS",
        "DB_URL",
        "DB_PASSWORD",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
    }


def test_a_configured_key_without_an_id_gets_one_that_stays_the_same_and_tells_nothing() -> None:
    first, again = (read_settings({"AUTH_API_KEYS": json.dumps([ENTRY])}).auth.api_keys[0] for _ in range(2))

    assert first == again
    assert first.secret.reveal() == CANARY
    assert first.key == ApiKey(id=first.key.id, name="EspoCRM", tenant_id="kenya", is_superuser=False)
    assert CANARY not in first.key.id


@pytest.mark.parametrize(
    ("entries", "issue"),
    [
        ([ENTRY, {**ENTRY, "key": ""}], "entry 2 has no key"),
        ([{**ENTRY, "name": 1}], "entry 1 has no name"),
        ([{"name": "n", "key": CANARY}], "entry 1 has no tenant_id"),
        ([{**ENTRY, "superuser": True}], "entry 1 has a field other than"),
        ([{**ENTRY, "is_superuser": "yes"}], "entry 1 has an is_superuser that"),
        ([{**ENTRY, "key_id": 5}], "entry 1 has a key_id that"),
        ([{**ENTRY, "key": f"{CANARY} é"}], "entry 1 has a key with spaces"),
        ([ENTRY, ENTRY], "entry 2 repeats the key of entry 1"),
        ([{**ENTRY, "key_id": "a"}, {**ENTRY, "key_id": "a", "key": "b"}], "entry 2 repeats the key_id of"),
        ([ENTRY, CANARY], "entry 2 is no object"),
    ],
)
def test_a_configured_key_at_fault_is_named_by_its_place_and_not_quoted(
    entries: list[object], issue: str
) -> None:
    found = faults({"AUTH_API_KEYS": json.dumps(entries)})

    assert issue in found["AUTH_API_KEYS"]
    assert CANARY not in found["AUTH_API_KEYS"]


def test_all_configured_keys_at_fault_are_named() -> None:
    found = faults({"AUTH_API_KEYS": json.dumps([{}, ENTRY, {}])})

    assert "entry 1 has no name" in found["AUTH_API_KEYS"]
    assert "entry 3 has no name" in found["AUTH_API_KEYS"]


@pytest.mark.parametrize("missing", ["DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD"])
def test_a_database_half_configured_is_refused(missing: str) -> None:
    found = faults({name: value for name, value in DATABASE.items() if name != missing})

    assert found == {missing: "is needed to reach the database"}


def test_an_identity_needs_no_password_but_all_the_rest() -> None:
    entra = {"DB_AUTH_MODE": "entra"}
    without_password = {name: value for name, value in DATABASE.items() if name != "DB_PASSWORD"}

    assert not read_settings(without_password | entra).database.is_embedded
    assert set(faults(entra)) == {"DB_HOST", "DB_NAME", "DB_USER"}


def test_a_database_url_beside_its_parts_is_refused() -> None:
    assert "DB_URL" in faults({"DB_URL": "postgresql://u:p@h/d", "DB_HOST": "other"})


def test_a_pool_that_is_smallest_above_its_largest_is_refused() -> None:
    assert "DB_POOL_MIN" in faults({"DB_POOL_MIN": "5", "DB_POOL_MAX": "4"})


def test_without_tracking_half_a_database_is_no_fault() -> None:
    settings = read_settings({"DB_TRACK_USAGE": "false", "DB_HOST": "db"})

    assert not settings.database.is_embedded


PRODUCTION = {
    "QFA_PRODUCTION": "true",
    "LLM_MODEL": "openai/gpt",
    "DB_URL": "postgresql://u:p@h/d",
    "AUTH_API_KEYS": json.dumps([ENTRY]),
}


def test_production_starts_where_nothing_embedded_is_left() -> None:
    settings = read_settings(PRODUCTION)

    assert embedded_defaults(settings) == ()


def test_production_takes_a_key_vault_for_the_keys_and_no_tracking_for_the_database() -> None:
    alternatives = {"KEYVAULT_URL": "https://v.example", "DB_TRACK_USAGE": "false"}

    settings = read_settings({"QFA_PRODUCTION": "true", "LLM_MODEL": "openai/gpt", **alternatives})

    assert settings.production


@pytest.mark.parametrize("missing", ["LLM_MODEL", "DB_URL", "AUTH_API_KEYS"])
def test_production_refuses_each_embedded_default(missing: str) -> None:
    found = faults({name: value for name, value in PRODUCTION.items() if name != missing})

    assert set(found) == {missing}
    assert "in production" in found[missing]


def test_production_refuses_the_stand_in_model_that_is_asked_for_by_name() -> None:
    assert "LLM_MODEL" in faults(PRODUCTION | {"LLM_MODEL": "local/extractive"})


def test_the_embedded_defaults_in_force_are_named() -> None:
    assert len(embedded_defaults(Settings())) == 3
    assert embedded_defaults(read_settings({**PRODUCTION, "QFA_PRODUCTION": "false", "LLM_MODEL": ""})) == (
        "the stand-in language model local/extractive",
    )


def test_an_error_raised_by_hand_reads_like_one_of_ours() -> None:
    error = SettingsError(("LLM_API_KEY", "is needed for this provider"), ("LLM_API_BASE", "is needed too"))

    assert str(error) == "LLM_API_KEY is needed for this provider; LLM_API_BASE is needed too"


ONNX = {
    "EMBEDDING_ONNX_FILE": __file__,
    "EMBEDDING_ONNX_SHA256": "A" * 64,
    "EMBEDDING_TOKENIZER_FILE": __file__,
    "EMBEDDING_TOKENIZER_SHA256": "b" * 64,
}


@pytest.mark.parametrize("missing", ONNX)
def test_a_model_of_ones_own_wants_its_files_and_their_checksums(missing: str) -> None:
    complete = read_settings({**ONNX, "EMBEDDING_MODEL": "onnx"})
    with pytest.raises(SettingsError, match=f"^{missing} is needed with EMBEDDING_MODEL=onnx$"):
        read_settings({**ONNX, "EMBEDDING_MODEL": "onnx", missing: ""})

    assert complete.embedding.onnx_sha256 == "a" * 64


def test_files_of_a_model_that_is_not_used_are_refused() -> None:
    with pytest.raises(SettingsError, match="EMBEDDING_ONNX_FILE wants EMBEDDING_MODEL=onnx"):
        read_settings({"EMBEDDING_ONNX_FILE": __file__})


def test_a_checksum_has_64_digits() -> None:
    with pytest.raises(SettingsError, match="EMBEDDING_ONNX_SHA256 wants a SHA-256 of 64 hexadecimal digits"):
        read_settings({**ONNX, "EMBEDDING_MODEL": "onnx", "EMBEDDING_ONNX_SHA256": "abc"})
