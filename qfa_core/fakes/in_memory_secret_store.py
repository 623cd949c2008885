"""A store of secrets that keeps them in a dict."""

from __future__ import annotations

from qfa_core.errors import Conflict, SecretStoreUnavailable
from qfa_core.ports.secret_store import SecretStore
from qfa_core.secrets import Secret, StoredSecret


class InMemorySecretStore(SecretStore):
    """
    Keep the newest version of each secret.

    Set *outage* to an error to see what happens while the store is away; `withheld` names secrets that
    cannot be read though the others can.

    >>> store = InMemorySecretStore({"auth-api-keys": "[]"})
    """

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.outage: SecretStoreUnavailable | None = None
        self.withheld: set[str] = set()
        self.reads = 0
        self._secrets: dict[str, StoredSecret] = {}
        self._versions = 0
        for name, text in (texts or {}).items():
            self.put(name, text)

    def put(self, name: str, text: str) -> None:
        """Write a secret as somebody else would."""
        self._versions += 1
        self._secrets[name] = StoredSecret(value=Secret(text), version=f"version-{self._versions}")

    def delete(self, name: str) -> None:
        """Delete a secret as somebody else would."""
        del self._secrets[name]

    async def read(self, name: str) -> StoredSecret | None:
        self.reads += 1
        if self.outage:
            raise self.outage
        if name in self.withheld:
            raise SecretStoreUnavailable
        return self._secrets.get(name)

    async def write(self, name: str, value: Secret, *, replacing: str | None) -> None:
        newest = await self.read(name)
        if (newest.version if newest else None) != replacing:
            raise Conflict
        self.put(name, value.reveal())
