"""Tell who holds an API key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from qfa_core.errors import AuthenticationRequired, KeyStoreUnavailable
from qfa_core.ports.key_store import KeyStore
from qfa_core.tenancy import ApiKey, digest_of

CACHE_SECONDS = 5.0
OUTAGE_SECONDS = 900.0
RETRY_SECONDS = 5.0


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """A key, when it was found, and how often something had been in doubt by then."""

    key: ApiKey
    at: float
    doubts: int


class KnownKeys:
    """
    Keys found lately, by digest.

    For *keep_seconds* they spare their store a look-up. While it is away they serve for *outage_seconds*
    after they were found, and it is asked again every *retry_seconds* only.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        keep_seconds: float = CACHE_SECONDS,
        outage_seconds: float = OUTAGE_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._outage_seconds = outage_seconds
        self._retry_seconds = retry_seconds
        self._found: dict[str, _Found] = {}
        self._revision = 0
        self._doubts = 0
        self._away_until = float("-inf")

    @property
    def revision(self) -> int:
        """A number that changes whenever something is forgotten."""
        return self._revision

    def get(self, digest: str) -> ApiKey | None:
        """Return a key that may be used without asking its store."""
        found, now = self._found.get(digest), self._clock()
        if found is None:
            return None
        is_fresh = found.doubts == self._doubts and now - found.at < self._keep_seconds
        serves = now < self._away_until and now - found.at < self._outage_seconds
        return found.key if is_fresh or serves else None

    def put(self, digest: str, key: ApiKey, *, revision: int) -> None:
        """
        Remember *key*, unless something was forgotten since *revision*: it may have been this key.

        Only keys that exist are remembered, so that wrong ones cannot fill the memory.
        """
        if revision == self._revision:
            self._found[digest] = _Found(key=key, at=self._clock(), doubts=self._doubts)

    def forget(self, *, key_id: str | None = None, tenant_id: str | None = None) -> None:
        """Forget a key, or all of a tenant, at once."""
        self._revision += 1
        self._found = {
            digest: found
            for digest, found in self._found.items()
            if found.key.id != key_id and found.key.tenant_id != tenant_id
        }

    def doubt(self) -> None:
        """Look every key up again before it is used: some may have been removed unnoticed."""
        self._revision += 1
        self._doubts += 1
        self._away_until = float("-inf")

    def bridge_outage(self) -> None:
        """Note that a store is away just now, and let the keys that were found before bridge the time."""
        self._away_until = self._clock() + self._retry_seconds


class Authenticate:
    """Look a key up by its digest, in one store after the other; never by trying keys."""

    def __init__(self, stores: Sequence[KeyStore], known: KnownKeys) -> None:
        self._stores = tuple(stores)
        self._known = known

    async def __call__(self, secret: str | None) -> ApiKey:
        """
        Return the key that *secret* is; while a store is away, as it was when it was last found.

        Raises AuthenticationRequired if no store knows it, and KeyStoreUnavailable if one that
        might could not be asked.
        """
        if not secret:
            raise AuthenticationRequired
        digest = digest_of(secret)
        if known := self._known.get(digest):
            return known
        revision = self._known.revision
        try:
            key = await self._find(digest)
        except KeyStoreUnavailable:
            self._known.bridge_outage()
            if known := self._known.get(digest):
                return known
            raise
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
