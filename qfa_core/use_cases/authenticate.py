"""Tell who holds an API key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qfa_core.errors import AuthenticationRequired, KeyStoreUnavailable
from qfa_core.ports.key_store import KeyStore
from qfa_core.tenancy import ApiKey, digest_of

CACHE_SECONDS = 5.0


class KnownKeys:
    """Keys found lately, by digest, so that a busy caller costs its store one look-up every few seconds."""

    def __init__(self, clock: Callable[[], float], *, keep_seconds: float = CACHE_SECONDS) -> None:
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._found: dict[str, tuple[ApiKey, float]] = {}
        self._revision = 0

    @property
    def revision(self) -> int:
        """A number that changes whenever something is forgotten."""
        return self._revision

    def get(self, digest: str) -> ApiKey | None:
        """Return a key found less than `keep_seconds` ago."""
        key, found_at = self._found.get(digest, (None, 0.0))
        return key if key and self._clock() - found_at < self._keep_seconds else None

    def put(self, digest: str, key: ApiKey, *, revision: int) -> None:
        """
        Remember *key*, unless something was forgotten since *revision*: it may have been this key.

        Only keys that exist are remembered, so that wrong ones cannot fill the memory.
        """
        if revision == self._revision:
            self._found[digest] = (key, self._clock())

    def forget(self, *, key_id: str | None = None, tenant_id: str | None = None) -> None:
        """Forget a key, or all of a tenant, at once."""
        self._revision += 1
        self._found = {
            digest: (key, found_at)
            for digest, (key, found_at) in self._found.items()
            if key.id != key_id and key.tenant_id != tenant_id
        }


class Authenticate:
    """Look a key up by its digest, in one store after the other; never by trying keys."""

    def __init__(self, stores: Sequence[KeyStore], known: KnownKeys) -> None:
        self._stores = tuple(stores)
        self._known = known

    async def __call__(self, secret: str | None) -> ApiKey:
        """
        Return the key that *secret* is.

        Raises AuthenticationRequired if no store knows it, and KeyStoreUnavailable if one that
        might could not be asked.
        """
        if not secret:
            raise AuthenticationRequired
        digest = digest_of(secret)
        if known := self._known.get(digest):
            return known
        revision = self._known.revision
        key = await self._find(digest)
        self._known.put(digest, key, revision=revision)
        return key

    async def _find(self, digest: str) -> ApiKey:
        unavailable: KeyStoreUnavailable | None = None
        for store in self._stores:
            try:
                key = await store.find(digest)
            except KeyStoreUnavailable as error:
                unavailable = error
                continue
            if key is not None:
                return key
        raise unavailable or AuthenticationRequired
