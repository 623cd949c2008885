"""The API keys in the Key Vault's secret: what a change would write, and writing it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from qfa_core.errors import Conflict, NotFound
from qfa_core.ports.secret_store import SecretStore
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey
from qfa_http.settings_keys import API_KEYS, ConfiguredKey, text_of
from qfa_http.settings_values import SettingsError, Variable

KEYS_SECRET = "auth-api-keys"  # noqa: S105 - a name


class KeyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the keys; *version* is what they were read from, *new* the key that was made."""

    version: str | None
    before: tuple[ConfiguredKey, ...]
    after: tuple[ConfiguredKey, ...]
    new: ConfiguredKey | None = None


class VaultKeys:
    """
    Read and change the keys of the secret `auth-api-keys`, the others and their order left as they are.

    *new_id* makes ids, *new_secret* keys of 256 random bits. Each call raises SecretStoreUnavailable if
    the vault cannot be asked, and Conflict if the secret is malformed: nothing is written over that.
    """

    def __init__(
        self, store: SecretStore, *, new_id: Callable[[], str], new_secret: Callable[[], str]
    ) -> None:
        self._store = store
        self._new_id = new_id
        self._new_secret = new_secret

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        """Return the keys of one tenant or of all, in their order, without secrets."""
        _, found = await self._read()
        return tuple(each.key for each in found if tenant_id in (None, each.key.tenant_id))

    async def adding(self, name: str, tenant_id: str, *, is_superuser: bool, may_be_new: bool) -> KeyChange:
        """Return what one key more makes. Raises NotFound for a new tenant, unless it *may_be_new*."""
        version, before = await self._read()
        if not may_be_new and all(each.key.tenant_id != tenant_id for each in before):
            raise NotFound("No key in the vault is of this tenant: --create-tenant allows a new one.")
        new = self._made(name, tenant_id, is_superuser)
        return KeyChange(version=version, before=before, after=(*before, new), new=new)

    async def replacing(self, key_id: str) -> KeyChange:
        """Return what a new key in the place of an old one makes. Raises NotFound."""
        version, before, old = await self._find(key_id)
        new = self._made(old.name, old.tenant_id, old.is_superuser)
        after = tuple(new if each.key.id == key_id else each for each in before)
        return KeyChange(version=version, before=before, after=after, new=new)

    async def removing(self, key_id: str) -> KeyChange:
        """Return what is left without a key. Raises NotFound."""
        version, before, _ = await self._find(key_id)
        after = tuple(each for each in before if each.key.id != key_id)
        return KeyChange(version=version, before=before, after=after)

    async def write(self, change: KeyChange) -> None:
        """Write *change*. Raises Conflict, and writes nothing, if the secret is not as it was read."""
        await self._store.write(KEYS_SECRET, Secret(text_of(change.after)), replacing=change.version)

    async def _find(self, key_id: str) -> tuple[str | None, tuple[ConfiguredKey, ...], ApiKey]:
        version, found = await self._read()
        for each in found:
            if each.key.id == key_id:
                return version, found, each.key
        raise NotFound("There is no such key in the vault.")

    async def _read(self) -> tuple[str | None, tuple[ConfiguredKey, ...]]:
        stored = await self._store.read(KEYS_SECRET)
        if stored is None:
            return None, ()
        try:
            keys = Variable(KEYS_SECRET, API_KEYS, "").read({KEYS_SECRET: stored.value.reveal()})
        except SettingsError as error:
            issue = str(error)
        else:
            return stored.version, keys
        raise Conflict(f"The secret must be mended by hand first: {issue}.")

    def _made(self, name: str, tenant_id: str, is_superuser: bool) -> ConfiguredKey:
        key = ApiKey(id=self._new_id(), name=name, tenant_id=tenant_id, is_superuser=is_superuser)
        return ConfiguredKey(key=key, secret=Secret(self._new_secret()))
