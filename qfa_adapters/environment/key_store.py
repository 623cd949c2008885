"""Keys that the deployment's settings hold, known without any database."""

from __future__ import annotations

from collections.abc import Iterable

from qfa_core.ports.key_store import KeyStore
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey, digest_of


class EnvironmentKeyStore(KeyStore):
    """
    Know the given keys by their digests, for as long as the process lives.

    Of two entries with the same secret the first counts.
    """

    def __init__(self, keys: Iterable[tuple[ApiKey, Secret]]) -> None:
        self._by_digest: dict[str, ApiKey] = {}
        for key, secret in keys:
            self._by_digest.setdefault(digest_of(secret.reveal()), key)

    async def find(self, digest: str) -> ApiKey | None:
        return self._by_digest.get(digest)

    async def check(self) -> None:
        """Return at once: there is nothing that could be out of reach."""
