"""That the runbooks for infra/ name what exists, and their commands can be read by a shell."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.configuration import INFRA, ROOT, infrastructure

RUNBOOKS = [ROOT / "docs" / "operations" / f"{name}.md" for name in ("bootstrap", "new-environment")]
every_runbook = pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda path: path.stem)


def commands(runbook: Path) -> list[str]:
    """Return the runbook's blocks of shell, without their indentation."""
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", runbook.read_text(), re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indentation}", "", block, flags=re.MULTILINE) for indentation, block in blocks]


@every_runbook
def test_a_shell_can_read_every_command(runbook: Path) -> None:
    for command in commands(runbook):
        read = subprocess.run(["/bin/bash", "-n"], input=command, capture_output=True, text=True, timeout=60)
        assert read.returncode == 0, read.stderr

    assert len(commands(runbook)) >= 5


@every_runbook
def test_links_and_files_lead_somewhere(runbook: Path) -> None:
    text = runbook.read_text()

    linked = {runbook.parent / link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)}
    named = {ROOT / path for path in re.findall(r"\binfra/[\w/]+\.(?:sh|sql|tf)\b", text)}
    assert [path for path in linked | named if not path.exists()] == []


@every_runbook
def test_outputs_and_variables_are_those_of_the_configuration(runbook: Path) -> None:
    text = runbook.read_text()

    assert set(re.findall(r"output -(?:raw|json) (\w+)", text)) <= set(infrastructure().outputs)
    assert set(re.findall(r"TF_VAR_(\w+)", text)) <= set(infrastructure().variables)


def test_every_secret_that_the_service_reads_is_seeded() -> None:
    text = RUNBOOKS[1].read_text()

    assert {"llm-api-key", "llm-api-base", "auth-api-keys"} <= set(
        re.findall(r"secret set .*?--name ([\w-]+)", text)
    )


def test_the_first_key_has_the_form_that_the_service_reads() -> None:
    from qfa_http.settings_keys import parse_api_keys

    program = re.search(r"jq -nc --arg key \"\$API_KEY\" '(.*?)'", RUNBOOKS[1].read_text())
    jq = shutil.which("jq")
    assert program
    if jq is None:
        pytest.skip("there is no jq here")
    made = subprocess.run(
        [jq, "-nc", "--arg", "key", "k" * 64, program[1]], capture_output=True, text=True, timeout=60
    )

    (configured,) = parse_api_keys(made.stdout)
    assert configured.key.is_superuser


def test_the_overview_names_every_file_of_the_configuration() -> None:
    overview = (INFRA / "README.md").read_text()
    unspectacular = {"backend.tf", "versions.tf", "locals.tf", "outputs.tf", "resource_group.tf"}

    assert [
        p.name for p in INFRA.glob("*.tf") if p.name not in unspectacular and p.name not in overview
    ] == []
