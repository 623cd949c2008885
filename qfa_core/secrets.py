"""A value that must not be shown."""

from __future__ import annotations

import msgspec


class Secret:
    """Hold a key, token or password so that neither `repr`, `str` nor formatting shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the header or connection that needs it and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


class StoredSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret as its store keeps it; *version* changes whenever it is written, and gives nothing away."""

    value: Secret
    version: str
