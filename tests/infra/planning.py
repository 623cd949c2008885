"""
Terraform evaluates infra/ for an environment, without the provider, which cannot be had everywhere.

Each resource becomes a `terraform_data`, which Terraform has built in, with the resource's arguments as its
input; what only Azure can know is STUB. So types, functions, conditions, `for_each`, dynamic blocks,
validations and preconditions are Terraform's own, and what comes out is what the provider would be given.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import hcl2

from tests.infra.configuration import INFRA, values_of

STUB = "known-after-apply"

# What bootstrap.sh prints for an installation.
INSTALLATION = {
    "name_suffix": "example",
    "operators_group_id": "00000000-0000-0000-0000-000000000001",
    "operators_group_name": "QFA operators",
    "registry_id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/crqfa",
    "state_account_id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/stqfa",
    "github_repository": "example/qfa",
    "alert_emails": ["operations@example.org"],
    "llm_model": "azure/gpt",
}

_MARK = "__is_block__"
_META = ("count", "for_each")
_REFERENCE = re.compile(r"(?:data\.)?azurerm_\w+\.\w+(?:\[[^\]]+\])?(?:\.\w+(?:\[\d+\])?)*")
_AZURES = "AZURE_KNOWS_THIS"


class Refused(Exception):
    """Terraform refused to plan; the message is its own."""


@cache
def planned(environment: str) -> dict[str, Any]:
    """Return what resources are given by address, with the values that *environment*'s file has."""
    return plan({**INSTALLATION, **values_of(environment)}, workspace=environment)


def plan(values: Mapping[str, Any], *, workspace: str, anew: bool = False) -> dict[str, Any]:
    """
    Return what resources are given by address, with *values* of the variables; raises Refused.

    *anew*: what only Azure can know is not known yet, as it is before the very first apply.
    """
    with tempfile.TemporaryDirectory(prefix="qfa-plan-") as name:
        folder = Path(name)
        shutil.copy(INFRA / "variables.tf", folder)
        (folder / "rest.tf").write_text(_translated("terraform_data.azure.id" if anew else f'"{STUB}"'))
        (folder / "values.auto.tfvars.json").write_text(json.dumps(values))
        terraform = partial(_terraform, folder, workspace)
        terraform("init", "-input=false")
        terraform("plan", "-input=false", "-no-color", "-out=plan")
        resources = json.loads(terraform("show", "-json", "plan"))["planned_values"]["root_module"]
    return {
        re.sub(r"^terraform_data\.(\w+?)__", r"\1.", found["address"]): found["values"].get("input")
        for found in resources["resources"]
        if found["address"] != "terraform_data.azure"
    }


def _terraform(folder: Path, workspace: str, *arguments: str) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    environ["TF_WORKSPACE"] = workspace
    command = ["terraform", f"-chdir={folder}", *arguments]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    if ended.returncode != 0:
        raise Refused(ended.stderr)
    return ended.stdout


@cache
def _translated(stub: str) -> str:
    """Return resources, as terraform_data, and locals; *stub* stands for what only Azure knows."""
    return "\n".join(['resource "terraform_data" "azure" {}', *_parts()]).replace(_AZURES, stub)


def _parts() -> Iterator[str]:
    for path in sorted(INFRA.glob("*.tf")):
        document = hcl2.loads(path.read_text())
        for block in document.get("locals", []):
            yield f"locals {_lines(_entries(block))}"
        for prefix in ("data", "resource"):
            for kinds in document.get(prefix, []):
                ((kind, named),) = _entries(kinds)
                for name, body in _entries(named):
                    address = f"{kind}__{name}".replace('"', "")
                    yield f'resource "terraform_data" "{address}" {_resource(body)}'


def _resource(body: dict[str, Any]) -> str:
    meta = [f"{name} = {_expression(body[name])}" for name in _META if name in body]
    checks = [
        f"precondition {_lines(_entries(check))}"
        for lifecycle in body.get("lifecycle", [])
        for check in lifecycle.get("precondition", [])
    ]
    lifecycle = [f"lifecycle {{\n{check}\n}}" for check in checks]
    return "{\n" + "\n".join([*meta, *lifecycle, f"input = {_object(body)}"]) + "\n}"


def _object(body: dict[str, Any]) -> str:
    """Return a block's arguments and blocks as one object; blocks of a kind are a list."""
    blocks: dict[str, list[str]] = {}
    arguments = []
    for name, value in _entries(body):
        if name in (*_META, "lifecycle", "depends_on"):
            continue
        if name == "dynamic":
            for kind, made in (entry for dynamic in value for entry in _entries(dynamic)):
                kind = kind.strip('"')
                each = f"[for item in {_expression(made['for_each'])} : {{ value = item }}]"
                blocks.setdefault(kind, []).append(f"[for {kind} in {each} : {_object(made['content'][0])}]")
        elif isinstance(value, list) and value and isinstance(value[0], dict) and _MARK in value[0]:
            blocks.setdefault(name, []).extend(f"[{_object(block)}]" for block in value)
        else:
            arguments.append((name, value))
    joined = [f"{name} = concat({', '.join(lists)})" for name, lists in blocks.items()]
    return "{\n" + "\n".join([f"{name} = {_expression(value)}" for name, value in arguments] + joined) + "\n}"


def _lines(entries: list[tuple[str, Any]]) -> str:
    return "{\n" + "\n".join(f"{name} = {_expression(value)}" for name, value in entries) + "\n}"


def _expression(value: Any) -> str:
    """Write *value*, as hcl2 read it, in Terraform's own words again."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return _lines(_entries(value))
    if isinstance(value, list):
        return f"[{', '.join(_expression(inner) for inner in value)}]"
    if isinstance(value, str):
        own = value if value.startswith('"') else value.removeprefix("${").removesuffix("}")
        return _REFERENCE.sub(_AZURES, own)
    return str(value)


def _entries(block: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in block.items() if name != _MARK and "comments__" not in name]
