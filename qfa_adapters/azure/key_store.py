"""API keys that stand in a Key Vault's secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qfa_core.ports.key_store import KeyStore
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey, digest_of


class VaultKeyStore(KeyStore):
    """
    Know the keys that were last read, by their digests.

    *on_change* is told the id of every key that is changed or removed.
    """

    def __init__(self, *, on_change: Callable[[str], None]) -> None:
        self._on_change = on_change
        self._by_digest: dict[str, ApiKey] = {}

    def replace(self, keys: Iterable[tuple[ApiKey, Secret]]) -> None:
        """Know *keys* from now on, and no others."""
        before = self._by_digest
        self._by_digest = {digest_of(secret.reveal()): key for key, secret in keys}
        for digest, key in before.items():
            if self._by_digest.get(digest) != key:
                self._on_change(key.id)

    async def find(self, digest: str) -> ApiKey | None:
        return self._by_digest.get(digest)

    async def check(self) -> None:
        """Return at once: what was last read serves, whether the vault can be reached or not."""
