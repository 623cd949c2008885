"""
Distil what the provider knows of the resources that infra/ uses into provider.json, which tests compare with.

The source is the npm package @cdktn/provider-azurerm, which is generated from the provider's own schema. Run
this again after using another kind of resource, or for another version of the provider; it takes npm:

    npm pack @cdktn/provider-azurerm@16.1.0 --pack-destination /tmp
    .venv/bin/python infra/checks/distil.py /tmp/cdktn-provider-azurerm-16.1.0.tgz

The package is read inside its archive; nothing of it is installed or run.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

import hcl2

INFRA = Path(__file__).parents[1]
KNOWN = Path(__file__).with_name("provider.json")

_INTERFACE = re.compile(r"^export interface (\w+) (?:extends [\w.]+ )?\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
# A property, after the comment whose link ends in the name that Terraform knows it by: …#name X#name}
_PROPERTY = re.compile(r"#(\w+)\}(?:(?!\*/).)*\*/\s*readonly \w+(\??): ([^;{]+|\{)", re.DOTALL)
_ANY_PROPERTY = re.compile(r"^    readonly ", re.MULTILINE)
_GETTER = re.compile(r"^    get (\w+)\(\)", re.MULTILINE)
_VERSION = re.compile(r"providers/hashicorp/azurerm/([\d.]+)/docs")
_NO_ARGUMENT = {"id"}  # listed everywhere, to be set nowhere


def main(archive: Path) -> None:
    """Read *archive* and write provider.json."""
    with tarfile.open(archive) as package:
        manifest = json.loads(_text(package, "package/package.json"))
        kinds = {kind: _text(package, f"package/lib/{_folder(kind)}/index.d.ts") for kind in kinds_in_use()}
    distilled = {
        "package": f"{manifest['name']}@{manifest['version']}",
        "provider": f"hashicorp/azurerm {_VERSION.findall(kinds['provider'])[0]}",
        "kinds": {kind: _distil(declarations) for kind, declarations in sorted(kinds.items())},
    }
    KNOWN.write_text(json.dumps(distilled, indent=1, sort_keys=True) + "\n")


def kinds_in_use() -> set[str]:
    """Return what infra/ declares of the provider: resource types, `data.` with the type, and `provider`."""
    found = {"provider"}
    for path in INFRA.glob("*.tf"):
        document = hcl2.loads(path.read_text())
        found |= {name.strip('"') for block in document.get("resource", ()) for name in block}
        found |= {"data." + name.strip('"') for block in document.get("data", ()) for name in block}
    return {kind for kind in found if kind == "provider" or "azurerm_" in kind}


def _folder(kind: str) -> str:
    """Return where the package has *kind*: linux-web-app, data-azurerm-resource-group."""
    name = kind.replace("data.", "data_") if kind.startswith("data.") else kind.removeprefix("azurerm_")
    return name.replace("_", "-")


def _text(package: tarfile.TarFile, name: str) -> str:
    member = package.extractfile(name)
    if member is None:
        raise ValueError(f"{name} is no file")
    return member.read().decode()


def _distil(declarations: str) -> dict[str, Any]:
    interfaces = dict(_INTERFACE.findall(declarations))
    body = next(text for name, text in interfaces.items() if name.endswith(("Config", "ProviderConfig")))
    return {**_block(body, interfaces), "attributes": sorted(_attributes(declarations))}


def _block(body: str, interfaces: dict[str, str]) -> dict[str, Any]:
    """Return arguments (name: kind of value) and blocks by name, and which of both are required."""
    arguments, blocks, required = {}, {}, []
    properties = _PROPERTY.findall(body)
    if len(properties) != len(_ANY_PROPERTY.findall(body)):
        raise ValueError(f"a property was overlooked in:\n{body}")
    for name, optional, declared in properties:
        if name in _NO_ARGUMENT:
            continue
        if not optional:
            required.append(name)
        shape = declared.split("|")[0].strip()
        inner = interfaces.get(shape.removesuffix("[]"))
        if inner is None:
            arguments[name] = _value(shape)
        else:
            blocks[name] = {**_block(inner, interfaces), "repeats": shape.endswith("[]")}
    return {"arguments": arguments, "blocks": blocks, "required": required}


def _value(shape: str) -> str:
    return "list" if shape.endswith("[]") else "map" if shape.startswith("{") else shape


def _attributes(declarations: str) -> set[str]:
    """Return what an expression may ask of the resource."""
    own_class = declarations[declarations.rindex("export declare class ") :]
    names = {name for name in _GETTER.findall(own_class) if not name.endswith("Input")}
    return {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in names}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
