"""Stores of keys with one bug each."""

from __future__ import annotations

import re
from typing import ClassVar

import pytest
from msgspec.structs import replace

from qfa_core.contracts import KeyStoreContract
from qfa_core.errors import KeyStoreUnavailable, NotFound
from qfa_core.fakes import InMemoryKeyStore
from qfa_core.tenancy import ApiKey, digest_of
from tests.contracts.twins import Twins

CONTRACT = KeyStoreContract
TWINS = Twins()


class Suite(KeyStoreContract):
    """The contract on one twin."""

    twin: ClassVar[type[InMemoryKeyStore]]

    @pytest.fixture
    async def key_store(self) -> InMemoryKeyStore:
        store = self.twin()
        for key, secret in self.known_keys:
            store.admit(key.tenant_id)
            await store.add(key, digest_of(secret.reveal()))
        return store

    @pytest.fixture
    def unreachable_key_store(self) -> InMemoryKeyStore:
        store = self.twin()
        store.available = False
        return store


@TWINS.fails("test_each_key_is_found_by_its_digest_as_it_was_kept")
class LosesRights(InMemoryKeyStore):
    """Has no column for superusers."""

    async def find(self, digest: str) -> ApiKey | None:
        key = await super().find(digest)
        return key and replace(key, is_superuser=False)


@TWINS.fails(
    "test_an_unknown_digest_finds_nothing",
    "test_a_secret_itself_finds_nothing",
    "test_a_part_of_a_digest_finds_nothing",
    "test_a_pattern_finds_nothing",
)
class RefusesTheUnknown(InMemoryKeyStore):
    """Raises NotFound where there is no key."""

    async def find(self, digest: str) -> ApiKey | None:
        if (key := await super().find(digest)) is None:
            raise NotFound
        return key


@TWINS.fails("test_a_secret_itself_finds_nothing")
class KeepsSecrets(InMemoryKeyStore):
    """Knows a key by its secret as well."""

    async def find(self, digest: str) -> ApiKey | None:
        return await super().find(digest) or await super().find(digest_of(digest))


@TWINS.fails("test_a_part_of_a_digest_finds_nothing")
class FindsByPrefix(InMemoryKeyStore):
    """Takes the beginning of a digest for the whole."""

    async def find(self, digest: str) -> ApiKey | None:
        await self.check()
        return next((key for whole, key in self._by_digest.items() if whole.startswith(digest)), None)


@TWINS.fails("test_a_part_of_a_digest_finds_nothing")
class CutsDigests(InMemoryKeyStore):
    """Keeps digests in a column of a fixed width, and cuts what it looks for to that width."""

    async def find(self, digest: str) -> ApiKey | None:
        return await super().find(digest[:64])


@TWINS.fails("test_a_pattern_finds_nothing")
class FindsByPattern(InMemoryKeyStore):
    """Compares with SQL's LIKE."""

    async def find(self, digest: str) -> ApiKey | None:
        await self.check()
        pattern = re.escape(digest).replace("%", ".*").replace("_", ".")
        return next((key for whole, key in self._by_digest.items() if re.fullmatch(pattern, whole)), None)


@TWINS.fails("test_a_store_of_keys_out_of_reach_fails_its_check")
class AlwaysFine(InMemoryKeyStore):
    """Passes every check."""

    async def find(self, digest: str) -> ApiKey | None:
        if not self.available:
            raise KeyStoreUnavailable
        return await super().find(digest)

    async def check(self) -> None:
        pass


@TWINS.fails("test_a_store_of_keys_within_reach_passes_its_check")
class NeverFine(InMemoryKeyStore):
    """Fails every check, but serves."""

    async def find(self, digest: str) -> ApiKey | None:
        if not self.available:
            raise KeyStoreUnavailable
        return self._by_digest.get(digest)

    async def add(self, key: ApiKey, digest: str) -> None:
        self._by_digest[digest] = key

    async def check(self) -> None:
        raise KeyStoreUnavailable


@TWINS.fails("test_out_of_reach_finding_a_key_says_so")
class KnowsNobodyInAnOutage(InMemoryKeyStore):
    """Takes an outage for an unknown key, so that callers are told that theirs is wrong."""

    async def find(self, digest: str) -> ApiKey | None:
        return await super().find(digest) if self.available else None


globals().update(TWINS.suites(Suite))
