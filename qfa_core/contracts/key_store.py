"""What every store of API keys promises."""

from __future__ import annotations

from typing import ClassVar

import pytest

from qfa_core.contracts.contract import Contract, needs, not_given
from qfa_core.errors import KeyStoreUnavailable
from qfa_core.ports.key_store import KeyStore
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey, digest_of

SECRETS = ("the secret of the CRM", "das Geheimnis der Verwalterin", "le secret d’un autre")


class KeyStoreContract(Contract):
    """
    The promises of a KeyStore; *key_store* is one that knows `self.known_keys`, each with its secret.

    *unreachable_key_store* is one that cannot be reached. A store of which there is none, such as one in
    memory, says `can_be_unreachable = False`.
    """

    can_be_unreachable = True
    known_keys: ClassVar[tuple[tuple[ApiKey, Secret], ...]] = (
        (ApiKey(id="k-1", name="CRM", tenant_id="kenya"), Secret(SECRETS[0])),
        (ApiKey(id="k-2", name="Verwalterin", tenant_id="kenya", is_superuser=True), Secret(SECRETS[1])),
        (ApiKey(id="k-3", name="CRM", tenant_id="nepal"), Secret(SECRETS[2])),
    )

    @pytest.fixture
    def key_store(self) -> KeyStore:
        """Give a store that knows the known keys."""
        pytest.fail("Give a fixture `key_store` that knows `self.known_keys`.", pytrace=False)

    @pytest.fixture
    def unreachable_key_store(self) -> KeyStore:
        """Give a store that cannot be reached."""
        not_given("unreachable_key_store", "can_be_unreachable")

    async def test_each_key_is_found_by_its_digest_as_it_was_kept(self, key_store: KeyStore) -> None:
        """KeyStore.find: Return the key with *digest*, as it was kept"""
        found = [await key_store.find(digest_of(secret.reveal())) for _, secret in self.known_keys]

        assert found == [key for key, _ in self.known_keys]

    async def test_an_unknown_digest_finds_nothing(self, key_store: KeyStore) -> None:
        """KeyStore.find: None if there is none"""
        assert await key_store.find(digest_of("nobody's secret")) is None

    async def test_a_secret_itself_finds_nothing(self, key_store: KeyStore) -> None:
        """KeyStore.find: Only the whole digest of a secret finds its key"""
        assert await key_store.find(SECRETS[0]) is None

    @pytest.mark.parametrize("length", [0, 1, 8, 63])
    async def test_a_part_of_a_digest_finds_nothing(self, key_store: KeyStore, length: int) -> None:
        """KeyStore.find: Only the whole digest of a secret finds its key"""
        digest = digest_of(SECRETS[0])

        assert await key_store.find(digest[:length]) is None
        assert await key_store.find(digest + digest[:length] + "0") is None

    @pytest.mark.parametrize("pattern", ["%", "_" * 64, "*", ".*"])
    async def test_a_pattern_finds_nothing(self, key_store: KeyStore, pattern: str) -> None:
        """KeyStore.find: Only the whole digest of a secret finds its key"""
        assert await key_store.find(pattern) is None

    async def test_a_store_of_keys_within_reach_passes_its_check(self, key_store: KeyStore) -> None:
        """KeyStore.check: Raise KeyStoreUnavailable unless the store can be reached and used"""
        await key_store.check()

    @needs("can_be_unreachable")
    async def test_a_store_of_keys_out_of_reach_fails_its_check(
        self, unreachable_key_store: KeyStore
    ) -> None:
        """KeyStore.check: Raise KeyStoreUnavailable unless the store can be reached and used"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_key_store.check()

    @needs("can_be_unreachable")
    async def test_out_of_reach_finding_a_key_says_so(self, unreachable_key_store: KeyStore) -> None:
        """KeyStore.find: Raises KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_key_store.find(digest_of(SECRETS[0]))
