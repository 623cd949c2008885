"""Registries of keys with one bug each; those that find them wrongly are among the twins of key stores."""

from __future__ import annotations

from typing import ClassVar

import pytest

from qfa_core.contracts import KeyRegistryContract
from qfa_core.errors import Conflict, NotFound
from qfa_core.fakes import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.tenancy import ApiKey
from tests.contracts.twins import Twins

CONTRACT = KeyRegistryContract
TWINS = Twins()


class Suite(KeyRegistryContract):
    """The contract on one twin."""

    twin: ClassVar[type[InMemoryKeyStore]]

    @pytest.fixture
    def key_registry(self) -> InMemoryKeyStore:
        return self.twin()

    @pytest.fixture
    def tenant_registry(self, key_registry: InMemoryKeyStore) -> InMemoryTenantStore:
        return InMemoryTenantStore(key_registry)

    @pytest.fixture
    def unreachable_key_registry(self) -> InMemoryKeyStore:
        registry = self.twin()
        registry.available = False
        return registry


@TWINS.fails("test_a_key_of_a_missing_tenant_is_not_found_and_not_kept")
class TakesKeysOfNobody(InMemoryKeyStore):
    """Has no foreign key."""

    async def add(self, key: ApiKey, digest: str) -> None:
        self.admit(key.tenant_id)
        await super().add(key, digest)


@TWINS.fails("test_a_key_of_a_missing_tenant_is_not_found_and_not_kept")
class TakesAMissingTenantForAConflict(InMemoryKeyStore):
    """Translates every violated constraint alike."""

    async def add(self, key: ApiKey, digest: str) -> None:
        try:
            await super().add(key, digest)
        except NotFound:
            raise Conflict from None


@TWINS.fails("test_a_digest_that_is_taken_is_a_conflict", "test_a_conflict_changes_no_key")
class ReplacesADigest(InMemoryKeyStore):
    """Writes over a digest that is taken."""

    async def add(self, key: ApiKey, digest: str) -> None:
        self._by_digest.pop(digest, None)
        await super().add(key, digest)


@TWINS.fails("test_an_id_that_is_taken_is_a_conflict", "test_a_conflict_changes_no_key")
class TakesAnIdTwice(InMemoryKeyStore):
    """Has no unique index on ids."""

    def _ids(self) -> set[str]:
        return set()

    async def remove(self, key_id: str) -> None:
        if key_id not in {key.id for key in await self.keys()}:
            raise NotFound
        self._by_digest = {digest: key for digest, key in self._by_digest.items() if key.id != key_id}


@TWINS.fails("test_a_conflict_changes_no_key")
class WritesBeforeItRefuses(InMemoryKeyStore):
    """Notices a conflict when it has written, and does not roll back."""

    async def add(self, key: ApiKey, digest: str) -> None:
        try:
            await super().add(key, digest)
        except Conflict:
            self._by_digest[digest] = key
            raise


@TWINS.fails(
    "test_keys_may_share_a_name",
    "test_keys_come_by_tenant_then_name_then_id",
    "test_the_keys_beside_a_removed_one_stay",
)
class WantsNamesOfTheirOwn(InMemoryKeyStore):
    """Takes a name once a tenant."""

    async def add(self, key: ApiKey, digest: str) -> None:
        if any(key.name == other.name for other in await self.keys(key.tenant_id)):
            raise Conflict
        await super().add(key, digest)


@TWINS.fails("test_keys_come_by_tenant_then_name_then_id", "test_names_come_in_the_order_of_code_points")
class ListsAsTheyCame(InMemoryKeyStore):
    """Does not sort."""

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        found = set(await super().keys(tenant_id))
        return tuple(key for key in self._by_digest.values() if key in found)


@TWINS.fails("test_keys_come_by_tenant_then_name_then_id")
class ListsByNameFirst(InMemoryKeyStore):
    """Sorts by name, and by tenant only then."""

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        return tuple(sorted(await super().keys(tenant_id), key=lambda key: key.name))


@TWINS.fails("test_names_come_in_the_order_of_code_points")
class ListsAsADictionaryDoes(InMemoryKeyStore):
    """Leaves the order of text to its database, which ignores case."""

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        keys = await super().keys(tenant_id)
        return tuple(sorted(keys, key=lambda key: (key.tenant_id, key.name.casefold(), key.id)))


@TWINS.fails(
    "test_the_keys_of_one_tenant_are_no_other_tenants", "test_a_tenant_that_does_not_exist_has_no_keys"
)
class ShowsOtherTenants(InMemoryKeyStore):
    """Forgets the condition on the tenant."""

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        return await super().keys()


@TWINS.fails("test_a_tenant_that_does_not_exist_has_no_keys")
class WantsATenant(InMemoryKeyStore):
    """Raises NotFound for the keys of a tenant that does not exist."""

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        if tenant_id is not None and tenant_id not in self._tenant_ids:
            raise NotFound
        return await super().keys(tenant_id)


@TWINS.fails("test_a_removed_key_is_found_no_more")
class FindsWhatIsRemoved(InMemoryKeyStore):
    """Keeps keys in a cache that it never clears."""

    def __init__(self) -> None:
        super().__init__()
        self._cache: dict[str, ApiKey] = {}

    async def add(self, key: ApiKey, digest: str) -> None:
        await super().add(key, digest)
        self._cache[digest] = key

    async def find(self, digest: str) -> ApiKey | None:
        await self.check()
        return self._cache.get(digest)


@TWINS.fails("test_the_keys_beside_a_removed_one_stay")
class RemovesByPrefix(InMemoryKeyStore):
    """Removes every key whose id begins alike."""

    async def remove(self, key_id: str) -> None:
        await super().remove(key_id)
        for key in [key for key in await self.keys() if key.id.startswith(key_id)]:
            await super().remove(key.id)


@TWINS.fails("test_a_removed_key_may_be_added_anew")
class LeavesTombstones(InMemoryKeyStore):
    """Never takes an id again."""

    def __init__(self) -> None:
        super().__init__()
        self._buried: set[str] = set()

    async def add(self, key: ApiKey, digest: str) -> None:
        if key.id in self._buried:
            raise Conflict
        await super().add(key, digest)

    async def remove(self, key_id: str) -> None:
        await super().remove(key_id)
        self._buried.add(key_id)


@TWINS.fails("test_removing_a_key_that_is_not_there_is_not_found")
class RemovesNothingQuietly(InMemoryKeyStore):
    """Does not look whether there was anything to remove."""

    async def remove(self, key_id: str) -> None:
        await self.check()
        if key_id in self._ids():
            await super().remove(key_id)


@TWINS.fails("test_out_of_reach_adding_a_key_says_so")
class TakesAnOutageForAMissingTenant(InMemoryKeyStore):
    """Finds no tenant while it finds nothing at all."""

    async def add(self, key: ApiKey, digest: str) -> None:
        if not self.available:
            raise NotFound
        await super().add(key, digest)


@TWINS.fails("test_out_of_reach_listing_keys_says_so")
class ListsNothingInAnOutage(InMemoryKeyStore):
    """Answers as if there were no keys."""

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        return await super().keys(tenant_id) if self.available else ()


@TWINS.fails("test_out_of_reach_removing_a_key_says_so")
class PretendsToRemoveInAnOutage(InMemoryKeyStore):
    """Says that a key is removed which will be found again."""

    async def remove(self, key_id: str) -> None:
        if self.available:
            await super().remove(key_id)


@TWINS.fails(
    "test_a_store_of_keys_out_of_reach_fails_its_check",
    "test_out_of_reach_finding_a_key_says_so",
    "test_out_of_reach_adding_a_key_says_so",
    "test_out_of_reach_listing_keys_says_so",
    "test_out_of_reach_removing_a_key_says_so",
)
class LetsForeignErrorsThrough(InMemoryKeyStore):
    """Raises what its driver raises."""

    async def check(self) -> None:
        if not self.available:
            raise ConnectionRefusedError


globals().update(TWINS.suites(Suite))
