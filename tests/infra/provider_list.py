"""What the provider itself knows of arguments, blocks and attributes: infra/checks/provider.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.infra.configuration import INFRA, Block, Configuration, expressions, kind_of

_REFERENCE = re.compile(
    r"\b(?P<address>(?P<kind>(?:data\.)?azurerm_\w+)\.\w+)(?:\[[^\]]+\])?(?:\.(?P<attribute>\w+))?"
)
_LITERALS = {"boolean": bool, "number": int, "list": list, "map": dict}


@cache
def provider_list() -> dict[str, Any]:
    """Return the list, as infra/checks/distil.py made it."""
    found: dict[str, Any] = json.loads((INFRA / "checks" / "provider.json").read_text())
    return found


def faults(configuration: Configuration) -> list[str]:
    """Return, one a line, where *configuration* says what the provider does not know."""
    found = []
    for address, block in configuration.declared.items():
        known = provider_list()["kinds"].get(kind_of(address))
        found += [f"{address}: not in the list"] if known is None else _of_block(address, block, known)
        found += _of_references(address, block, configuration)
    for name, output in configuration.outputs.items():
        found += _of_references(f"output.{name}", output, configuration)
    found += _of_references("locals", configuration.locals, configuration)
    return found


def _of_block(where: str, block: Block, known: dict[str, Any]) -> Iterator[str]:
    for name, value in block.arguments.items():
        if name not in known["arguments"]:
            yield f"{where}: {name} is no argument"
        elif not _may_be(value, known["arguments"][name]):
            yield f"{where}: {name} wants a {known['arguments'][name]}"
    present = set(block.arguments) | {name for name, _ in block.blocks}
    for name in known["required"]:
        if name not in present:
            yield f"{where}: {name} is missing"
    for name in block.repeated:
        if name in known["blocks"] and not known["blocks"][name]["repeats"]:
            yield f"{where}: {name} may stand here once"
    for name, inner in block.blocks:
        if name not in known["blocks"]:
            yield f"{where}: {name} is no block"
        else:
            yield from _of_block(f"{where}.{name}", inner, known["blocks"][name])


def _may_be(value: Any, wanted: str) -> bool:
    """Say whether *value* can become what is *wanted*, as far as that shows without evaluating it."""
    if isinstance(value, str):
        return "${" in value or wanted in ("string", "boolean", "number")
    if wanted == "string":
        return not isinstance(value, list | dict)
    return isinstance(value, _LITERALS[wanted])


def _of_references(where: str, value: Any, configuration: Configuration) -> Iterator[str]:
    for match in (match for text in expressions(value) for match in _REFERENCE.finditer(text)):
        address, kind, attribute = match["address"], match["kind"], match["attribute"]
        if address not in configuration.declared:
            yield f"{where}: there is no {address}"
        elif attribute and attribute not in provider_list()["kinds"][kind]["attributes"]:
            yield f"{where}: {address} has no {attribute}"
