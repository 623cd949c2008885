"""The script that plans, on a Terraform that only writes down what it was told."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.service import ROOT

ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stqfaabc"
INFRA = {
    "shared": {
        "name_suffix": "abc",
        "state_account_id": ACCOUNT,
        "llm_model": "azure/small",
        "alert_emails": ["ops@example.org"],
    },
    "prd": {"llm_model": "azure/large"},
}
TERRAFORM = """#!/bin/sh
echo "$*" >> "$RUNNER_TEMP/told"
case $1 in show) echo "Plan: 1 to add, 0 to change, 0 to destroy." ;; esac
test "$1" != "$FAILS"
"""


class Runner:
    """A checkout, and the files that GitHub's runner gives a job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        script = folder / ".github" / "scripts" / "plan.sh"
        script.parent.mkdir(parents=True)
        shutil.copy(ROOT / ".github" / "scripts" / "plan.sh", script)
        (folder / "infra").mkdir()
        (folder / "bin").mkdir()
        (folder / "bin" / "terraform").write_text(TERRAFORM)
        (folder / "bin" / "terraform").chmod(0o755)

    def plan(
        self, *options: str, environment: str = "prd", fails: str = "", infra: str = json.dumps(INFRA)
    ) -> subprocess.CompletedProcess[str]:
        environ = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "ENVIRONMENT": environment,
            "INFRA": infra,
            "GITHUB_REPOSITORY": "owner/qfa",
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "RUNNER_TEMP": str(self.folder),
            "FAILS": fails,
        }
        command = [self.folder / ".github" / "scripts" / "plan.sh", *options]
        return subprocess.run(command, env=environ, capture_output=True, text=True)

    def told(self) -> list[str]:
        path = self.folder / "told"
        return path.read_text().splitlines() if path.exists() else []

    def variables(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(
            (self.folder / "infra" / "pipeline.auto.tfvars.json").read_text()
        )
        return found


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_state_workspace_and_sizes_are_those_of_the_environment(runner: Runner) -> None:
    ended = runner.plan()
    init, select, plan, _ = runner.told()

    assert ended.returncode == 0, ended.stderr
    assert "storage_account_name=stqfaabc" in init
    assert "container_name=tfstate-prd" in init
    assert select == "workspace select -or-create prd"
    assert "-var-file=environments/prd.tfvars" in plan
    assert "-lock=false" not in plan


def test_an_environment_s_own_variables_go_before_shared_ones(runner: Runner) -> None:
    runner.plan(environment="prd")
    prd = runner.variables()
    runner.plan(environment="dev")

    assert prd == {**INFRA["shared"], "llm_model": "azure/large", "github_repository": "owner/qfa"}
    assert runner.variables() == {**INFRA["shared"], "github_repository": "owner/qfa"}


def test_who_only_reads_neither_locks_nor_makes_a_workspace(runner: Runner) -> None:
    runner.plan("--read-only")
    _, select, plan, _ = runner.told()

    assert select == "workspace select prd"
    assert "-lock=false" in plan


def test_the_plan_is_shown_and_its_hash_is_told_on(runner: Runner) -> None:
    runner.plan()
    shown = (runner.folder / "plan.txt").read_bytes()

    assert "### prd\n```\nPlan: 1 to add" in (runner.folder / "summary").read_text()
    assert (runner.folder / "output").read_text() == f"sha256={hashlib.sha256(shown).hexdigest()}\n"


@pytest.mark.parametrize("fails", ["init", "workspace", "plan", "show"])
def test_what_fails_ends_it_without_a_hash(runner: Runner, fails: str) -> None:
    ended = runner.plan(fails=fails)

    assert ended.returncode != 0
    assert not (runner.folder / "output").exists()


@pytest.mark.parametrize("environment", ["", "production", "dev; id"])
def test_another_environment_is_refused_before_terraform_is_asked(runner: Runner, environment: str) -> None:
    ended = runner.plan(environment=environment)

    assert ended.returncode == 2
    assert runner.told() == []
