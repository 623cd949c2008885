"""An `az` and a `terraform` for scripts to call: they note what they are asked; containers run right here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.infra.configuration import ROOT

# What az hands out, by what it is for.
ISSUED = {"database": "a-database-token", "registry": "a-registry-token"}

_AZ = """#!{python} -IS
import json, os, pathlib, shlex, subprocess, sys

folder, asked = pathlib.Path(__file__).parent, sys.argv[1:]
with (folder / "asked.jsonl").open("a") as log:
    log.write(json.dumps(asked) + "\\n")

def after(option):
    values = []
    for value in asked[asked.index(option) + 1 :] if option in asked else []:
        if value.startswith("--"):
            break
        values.append(value)
    return values

outcome = folder / "container.json"
match asked[0], asked[1]:
    case "account", "show":
        print("a-subscription")
    case "account", "get-access-token":
        print("{database}")
    case "acr", "login":
        print("{registry}")
    case "acr", "show":
        sys.exit({registry_exists} is False)
    case "ad", "group":
        print("an-object-id")
    case "container", "create":
        given = dict(pair.split("=", 1) for pair in after("--environment-variables"))
        given |= dict(pair.split("=", 1) for pair in after("--secure-environment-variables"))
        command = shlex.split(after("--command-line")[0])
        ended = subprocess.run(command, env=given | {container}, capture_output=True, text=True)
        outcome.write_text(json.dumps([ended.stdout + ended.stderr, ended.returncode]))
    case "container", "logs":
        print(json.loads(outcome.read_text())[0])
    case "container", "show":
        code = json.loads(outcome.read_text())[1]
        print(code if asked[-1].endswith("exitCode") else "Terminated")
"""
_TERRAFORM = '#!/bin/sh\nfor name; do :; done\necho "the-$name"\n'


class AzureCLI:
    """Commands in *folder* that stand in for az and terraform; *container* is what every container finds."""

    def __init__(
        self, folder: Path, *, container: Mapping[str, str] | None = None, registry_exists: bool = True
    ) -> None:
        self._folder = folder
        az = _AZ.format(
            python=sys.executable,
            **ISSUED,
            registry_exists=registry_exists,
            container=dict(container or {}),
        )
        for name, text in (("az", az), ("terraform", _TERRAFORM)):
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)

    def run(self, script: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run *script* of infra/ with these commands at the front of the path."""
        return subprocess.run(
            ["/bin/bash", ROOT / "infra" / script, *arguments],
            env={"PATH": f"{self._folder}:{os.environ['PATH']}", "PSQL_POLL_SECONDS": "0", **environ},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def asked(self) -> list[list[str]]:
        """What az was asked, in order."""
        log = self._folder / "asked.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
