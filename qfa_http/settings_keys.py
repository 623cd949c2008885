"""API keys that stand in the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey, digest_of
from qfa_http.settings_values import Kind, MalformedParts

_REQUIRED = ("name", "key", "tenant_id")
_OPTIONAL = ("key_id", "is_superuser")


class ConfiguredKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key with its secret, as a setting gives it."""

    key: ApiKey
    secret: Secret


def parse_api_keys(text: str) -> tuple[ConfiguredKey, ...]:
    """
    Read a JSON list of `{key_id?, name, key, tenant_id, is_superuser?}`; a missing id comes from the digest.

    Raises ValueError for what is no such list, MalformedParts where entries are at fault: it names all of
    them by their place, from 1 on, and quotes nothing, neither values nor the names of unknown fields.
    """
    entries = msgspec.json.decode(text, type=list[Any])
    faults = [
        f"entry {place} {fault}" for place, entry in enumerate(entries, 1) for fault in _faults_of(entry)
    ]
    if not faults:
        keys = tuple(_configured_key(entry) for entry in entries)
        faults = list(_repetitions(keys))
    if faults:
        raise MalformedParts(", ".join(faults))
    return keys


def text_of(keys: Iterable[ConfiguredKey]) -> str:
    """Write *keys* as `parse_api_keys` reads them, each on a line."""
    lines = [msgspec.json.encode(_entry(configured)).decode() for configured in keys]
    return "[" + ",\n ".join(lines) + "]"


def _entry(configured: ConfiguredKey) -> dict[str, str | bool]:
    key = configured.key
    entry: dict[str, str | bool] = {
        "key_id": key.id,
        "name": key.name,
        "key": configured.secret.reveal(),
        "tenant_id": key.tenant_id,
    }
    return {**entry, "is_superuser": True} if key.is_superuser else entry


def _faults_of(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "is no object"
        return
    for field in _REQUIRED:
        if not _is_filled(entry.get(field)):
            yield f"has no {field}"
    if entry.get("key_id") is not None and not _is_filled(entry["key_id"]):
        yield "has a key_id that is no text"
    if not isinstance(entry.get("is_superuser", False), bool):
        yield "has an is_superuser that is neither true nor false"
    if _is_filled(entry.get("key")) and not _fits_a_header(entry["key"]):
        yield "has a key with spaces or characters outside ASCII"
    if not entry.keys() <= {*_REQUIRED, *_OPTIONAL}:
        yield f"has a field other than {', '.join((*_REQUIRED, *_OPTIONAL))}"


def _is_filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _fits_a_header(key: str) -> bool:
    return key.isascii() and key.isprintable() and " " not in key


def _configured_key(entry: dict[str, Any]) -> ConfiguredKey:
    key = ApiKey(
        id=entry.get("key_id") or f"key-{digest_of(entry['key'])[:12]}",
        name=entry["name"],
        tenant_id=entry["tenant_id"],
        is_superuser=entry.get("is_superuser", False),
    )
    return ConfiguredKey(key=key, secret=Secret(entry["key"]))


def _repetitions(keys: tuple[ConfiguredKey, ...]) -> Iterator[str]:
    seen: dict[object, int] = {}
    for place, configured in enumerate(keys, 1):
        for what, value in (("key", configured.secret), ("key_id", configured.key.id)):
            first = seen.setdefault((what, value), place)
            if first != place:
                yield f"entry {place} repeats the {what} of entry {first}"
                break


API_KEYS = Kind(
    "a JSON list of {key_id?, name, key, tenant_id, is_superuser?}", parse_api_keys, is_secret=True
)
