"""`qfa settings`, and the page of the documentation that it makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qfa_http.settings import declared_variables
from tests.http.command_line import ROOT, CommandLine

CANARY = "canary-4711"
SECRETS = {
    "LLM_API_KEY": CANARY,
    "DB_URL": f"postgresql://qfa:{CANARY}@db/qfa",
    "AUTH_API_KEYS": json.dumps([{"name": "EspoCRM", "key": CANARY, "tenant_id": "kenya"}]),
    "APPLICATIONINSIGHTS_CONNECTION_STRING": CANARY,
}


@pytest.fixture
def qfa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path, capsys)


def test_every_setting_is_listed_with_what_it_wants(qfa: CommandLine) -> None:
    lines = {line["name"]: line for line in json.loads(qfa("settings", "--format", "json").out)}

    assert list(lines) == [variable.name for variable, _ in declared_variables()]
    assert lines["NETWORK_PORT"] == {
        "name": "NETWORK_PORT",
        "value": None,
        "wants": "a whole number from 1 to 65535",
        "default": "8000",
        "meaning": "the port to listen at",
        "secret": False,
    }


def test_defaults_are_shown_as_they_would_be_written(qfa: CommandLine) -> None:
    lines = {line["name"]: line for line in json.loads(qfa("settings", "--format", "json").out)}

    assert lines["DB_TRACK_USAGE"]["default"] == "true"
    assert lines["LLM_TIMEOUT_SECONDS"]["default"] == "115"
    assert lines["QFA_DATA_DIR"]["default"] == ".qfa"
    assert lines["LLM_API_KEY"]["default"] is None
    assert lines["AUTH_API_KEYS"]["default"] is None
    assert lines["ANALYZE_CODING_TREND_CODE_FIELDS"]["default"].startswith("coding_level_1, coding_level_2")


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_what_is_set_is_shown_and_secrets_only_as_set(qfa: CommandLine, output_format: str) -> None:
    said = qfa("settings", "--format", output_format, NETWORK_PORT="8111", **SECRETS)

    assert said.status == 0
    assert "8111" in said.out
    assert CANARY not in said.out + said.err


def test_a_secret_in_the_wrong_variable_is_not_shown_either(qfa: CommandLine) -> None:
    said = qfa("settings", LLM_API_BASE=CANARY)

    assert said.status == 1
    assert "malformed" in said.out
    assert "LLM_API_BASE wants" in said.err
    assert CANARY not in said.out + said.err


def test_the_settings_page_is_what_the_command_prints(qfa: CommandLine) -> None:
    said = qfa("settings", "--format", "markdown", **SECRETS)

    page = ROOT / "docs" / "settings.md"
    assert page.read_text("utf-8") == said.out, "run: qfa settings --format markdown > docs/settings.md"
