"""The contract of stores of keys, on ours that only read."""

from __future__ import annotations

import pytest

from qfa_adapters.azure.key_store import VaultKeyStore
from qfa_adapters.environment.key_store import EnvironmentKeyStore
from qfa_core.contracts import KeyStoreContract


class TestEnvironmentKeyStore(KeyStoreContract):
    can_be_unreachable = False

    @pytest.fixture
    def key_store(self) -> EnvironmentKeyStore:
        return EnvironmentKeyStore(self.known_keys)


class TestVaultKeyStore(KeyStoreContract):
    can_be_unreachable = False  # what was last read serves while the vault is away

    @pytest.fixture
    def key_store(self) -> VaultKeyStore:
        store = VaultKeyStore(on_change=lambda key_id: None)
        store.replace(self.known_keys)
        return store
