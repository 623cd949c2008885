"""The configuration in infra/, read without Terraform: blocks with their arguments, as it says them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import msgspec

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
ENVIRONMENTS = ("dev", "staging", "prd")

_MARK = "__is_block__"
_META_BLOCKS = {"lifecycle", "provisioner", "connection"}
_META_ARGUMENTS = {"count", "for_each", "depends_on", "provider"}


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """
    A block, such as a resource or one that is nested in it.

    Values of *arguments* are literals; what Terraform has to evaluate is a string with `${`. A dynamic block
    stands among *blocks* as what it makes. *meta* is what concerns Terraform, not the provider.
    """

    arguments: dict[str, Any]
    blocks: tuple[tuple[str, Block], ...]
    meta: dict[str, Any]
    repeated: frozenset[str]

    def block(self, name: str) -> Block:
        """Return the one block called *name*."""
        (found,) = (block for kind, block in self.blocks if kind == name)
        return found


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """All files of a folder; *declared* has resources, data sources and the provider by address."""

    declared: dict[str, Block]
    variables: dict[str, dict[str, Any]]
    locals: dict[str, Any]
    outputs: dict[str, dict[str, Any]]
    terraform: dict[str, Any]

    def resource(self, kind: str) -> Block:
        """Return the one resource of *kind*."""
        (found,) = (block for address, block in self.declared.items() if address.startswith(f"{kind}."))
        return found


@cache
def infrastructure() -> Configuration:
    """Read infra/*.tf."""
    return read("\n".join(path.read_text() for path in sorted(INFRA.glob("*.tf"))))


def read(text: str) -> Configuration:
    """Read the text of a configuration."""
    document = _plain(hcl2.loads(text))
    declared = {f"provider.{name}": _block(body) for name, body in _named(document.get("provider", []))}
    for prefix, kinds in (("", document.get("resource", [])), ("data.", document.get("data", []))):
        for kind, named in _named(kinds):
            for name, body in named.items():
                if name != _MARK:
                    declared[f"{prefix}{kind}.{name}"] = _block(body)
    return Configuration(
        declared=declared,
        variables=dict(_named(document.get("variable", []))),
        locals={name: value for block in document.get("locals", []) for name, value in _without_mark(block)},
        outputs=dict(_named(document.get("output", []))),
        terraform={name: value for block in document.get("terraform", []) for name, value in block.items()},
    )


@cache
def values_of(environment: str) -> dict[str, Any]:
    """Read infra/environments/*environment*.tfvars."""
    found: dict[str, Any] = _plain(hcl2.loads((INFRA / "environments" / f"{environment}.tfvars").read_text()))
    return found


def kind_of(address: str) -> str:
    """Return the kind at *address*: `azurerm_subnet`, `data.azurerm_client_config`, `provider`."""
    return "provider" if address.startswith("provider.") else address.rpartition(".")[0]


def expressions(value: Any) -> Iterator[str]:
    """Yield every string within *value*, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from expressions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from expressions(inner)
    elif isinstance(value, Block):
        yield from expressions([value.arguments, value.meta, value.blocks])


def _plain(value: Any) -> Any:
    """Take the quotes off strings and names, and comments away."""
    if isinstance(value, str):
        return value[1:-1] if re.fullmatch(r'".*"', value, re.DOTALL) else value
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {_plain(k): _plain(v) for k, v in value.items() if "comments__" not in k}
    return value


def _named(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for block in blocks:
        yield from _without_mark(block)


def _without_mark(block: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in block.items() if name != _MARK]


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(inner, dict) and _MARK in inner for inner in value)


def _block(body: dict[str, Any]) -> Block:
    arguments: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    blocks: list[tuple[str, Block]] = []
    repeated: set[str] = set()
    for name, value in _without_mark(body):
        if name in _META_BLOCKS | _META_ARGUMENTS:
            meta[name] = value
        elif name == "dynamic":
            made = [(kind, made_of["content"][0]) for kind, made_of in _named(value)]
            blocks += [(kind, _block(content)) for kind, content in made]
            meta |= {f"dynamic {kind}": made_of["for_each"] for kind, made_of in _named(value)}
        elif _is_blocks(value):
            blocks += [(name, _block(inner)) for inner in value]
            repeated |= {name} if len(value) > 1 else set()
        else:
            arguments[name] = value
    return Block(arguments=arguments, blocks=tuple(blocks), meta=meta, repeated=frozenset(repeated))
