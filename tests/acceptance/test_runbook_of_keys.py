"""That the commands of the runbook of keys work, in their order, on a vault and a service that reads it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.azure import Azure, soon
from tests.acceptance.service import ROOT, Service, running
from tests.fakes.azure_login import pretend_az_login

RUNBOOK = (ROOT / "docs" / "operations" / "keys.md").read_text()
TOKEN = "canary-token-of-an-operator"  # noqa: S105 - of nobody
KEYS = [
    {"key_id": "old", "name": "EspoCRM", "key": "the-old-key", "tenant_id": "kenya"},
    {"key_id": "leaked", "name": "forms", "key": "the-leaked-key", "tenant_id": "nepal"},
]


def commands() -> list[str]:
    """Return the runbook's lines of shell, but for those of Azure's tools and those to be filled in."""
    blocks = re.findall(r"```sh\n(.*?)```", RUNBOOK, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if not line.startswith(("az ", "export "))]


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    with Azure(tmp_path).running() as azure:
        azure.vault.put("auth-api-keys", json.dumps(KEYS))
        azure.vault.tokens.add(TOKEN)
        yield azure


def of_an_operator(azure: Azure, service: Service, folder: Path) -> dict[str, str]:
    """Return the environment of somebody who is logged in with Azure's command line, on their own machine."""
    path = f"{pretend_az_login(folder, TOKEN)}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    own = {name: azure.environment[name] for name in ("HTTPS_PROXY", "SSL_CERT_FILE", "KEYVAULT_URL")}
    variables = {
        "API_KEY": "the-old-key",
        "OLD_KEY_ID": "old",
        "LEAKED_KEY": "the-leaked-key",
        "LEAKED_KEY_ID": "leaked",
    }
    return {"PATH": path, "QFA": service.url, **own, **variables}


def test_every_command_of_the_runbook_works_and_takes_effect(azure: Azure, tmp_path: Path) -> None:
    settings = {"AUTH_API_KEYS": "", **azure.environment}
    with running(tmp_path, **settings) as service, service.client("the-leaked-key") as leaked:
        environ = of_an_operator(azure, service, tmp_path)
        failed = {}
        for command in commands():
            ended = subprocess.run(
                ["/bin/bash", "-euo", "pipefail", "-c", command],
                cwd=tmp_path,
                env=environ,
                capture_output=True,
                text=True,
                timeout=60,
            )
            if ended.returncode != 0:
                failed[command] = ended.stderr
        refused = soon(lambda: leaked.post("/v1/summarize", json={}).status_code == 401)

    assert failed == {}
    assert len(commands()) > 10
    names = [(entry["name"], entry["tenant_id"]) for entry in json.loads(azure.vault.value("auth-api-keys"))]
    assert names == [("forms", "nepal"), ("EspoCRM", "kenya"), ("EspoCRM 2027", "kenya")]
    assert "the-leaked-key" not in azure.vault.value("auth-api-keys")
    assert refused


def test_what_the_runbook_quotes_of_the_log_is_what_is_logged() -> None:
    said = "".join(path.read_text() for path in (ROOT / "qfa_adapters" / "azure").glob("*.py"))
    said += (ROOT / "qfa_core" / "use_cases" / "follow_secrets.py").read_text()
    quoted = re.findall(r"\*([^*]+)\*", "".join(re.findall(r"^   \| (\*.*?) \|", RUNBOOK, re.MULTILINE)))
    own = [words for words in quoted if "JSON list" not in words]

    assert len(own) > 5
    assert [words for words in own if words not in said] == []
