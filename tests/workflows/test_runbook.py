"""That the runbook of deployment speaks of workflows, files and outputs that there are, in shell."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from tests.acceptance.service import ROOT
from tests.workflows.test_plan import INFRA, Runner
from tests.workflows.workflows import NAMES, workflow

PAGE = ROOT / "docs" / "operations" / "deployment.md"
RUNBOOK = PAGE.read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", RUNBOOK, re.DOTALL)


def test_its_commands_are_shell() -> None:
    ended = subprocess.run(["/bin/bash", "-n"], input="\n".join(BLOCKS), capture_output=True, text=True)

    assert len(BLOCKS) > 6
    assert (ended.returncode, ended.stderr) == (0, "")


def test_workflows_are_started_with_inputs_that_they_have() -> None:
    started = re.findall(r"gh workflow run (\S+) --ref main((?: -f \w+=\S+)+)", RUNBOOK)

    assert {name for name, _ in started} == {"promote", "infra"}
    for name, options in started:
        inputs = workflow(name)["on"]["workflow_dispatch"]["inputs"]
        given = dict(re.findall(r"-f (\w+)=(\S+)", options))
        assert given.keys() == inputs.keys()
        assert given["environment"] in inputs["environment"]["options"]


def test_files_and_pages_that_it_names_exist() -> None:
    links = re.findall(r"\]\(([\w./-]+\.md)?(#[\w-]+)?\)", RUNBOOK)
    files = re.findall(r"(?:image|\.github/scripts)/[\w.]+\w", RUNBOOK)

    assert all((PAGE.parent / page).is_file() for page, _ in links if page)
    assert all((ROOT / file).is_file() for file in files)
    assert {*re.findall(r"`(ci|deploy|promote|infra)`", RUNBOOK)} <= {*NAMES}


def test_outputs_that_it_names_are_terraform_s() -> None:
    outputs = set(re.findall(r'^output "(\w+)"', (ROOT / "infra" / "outputs.tf").read_text(), re.MULTILINE))
    named = set(re.findall(r"output -(?:raw|json) (\w+)", RUNBOOK))

    assert len(named) > 5
    assert named <= outputs


def test_the_shared_variables_that_it_sets_are_what_planning_takes(tmp_path: Path) -> None:
    (command,) = [line for line in RUNBOOK.splitlines() if "gh variable set INFRA " in line]
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "gh").write_text('#!/bin/sh\nprintf %s "$5"\n')
    (folder / "gh").chmod(0o755)
    shared = {**INFRA["shared"], "alert_emails": json.dumps(INFRA["shared"]["alert_emails"])}
    variables = {f"TF_VAR_{name}": str(value) for name, value in shared.items()}
    environ = {"PATH": f"{folder}:{os.environ['PATH']}", "TF_VAR_github_repository": "owner/qfa", **variables}
    ended = subprocess.run(["/bin/bash", "-ec", command], env=environ, capture_output=True, text=True)

    runner = Runner(tmp_path / "runner")
    assert json.loads(ended.stdout) == {"shared": INFRA["shared"]}
    assert runner.plan(infra=ended.stdout).returncode == 0
