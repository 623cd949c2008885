"""Registries of tenants with one bug each."""

from __future__ import annotations

from typing import ClassVar

import pytest
from msgspec.structs import replace

from qfa_core.contracts import TenantRegistryContract
from qfa_core.errors import Conflict, NotFound
from qfa_core.fakes import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.tenancy import Tenant
from tests.contracts.twins import Twins

CONTRACT = TenantRegistryContract
TWINS = Twins()


class Suite(TenantRegistryContract):
    """The contract on one twin."""

    twin: ClassVar[type[InMemoryTenantStore]]

    @pytest.fixture
    def key_registry(self) -> InMemoryKeyStore:
        return InMemoryKeyStore()

    @pytest.fixture
    def tenant_registry(self, key_registry: InMemoryKeyStore) -> InMemoryTenantStore:
        return self.twin(key_registry)

    @pytest.fixture
    def unreachable_tenant_registry(self) -> InMemoryTenantStore:
        keys = InMemoryKeyStore()
        keys.available = False
        return self.twin(keys)


@TWINS.fails("test_a_tenant_is_found_as_it_was_kept")
class LosesRights(InMemoryTenantStore):
    """Has no column for superusers."""

    async def find(self, tenant_id: str) -> Tenant | None:
        tenant = await super().find(tenant_id)
        return tenant and replace(tenant, allows_superusers=False)


@TWINS.fails("test_an_unknown_tenant_is_none")
class FindsByName(InMemoryTenantStore):
    """Takes names for ids."""

    async def find(self, tenant_id: str) -> Tenant | None:
        named = [tenant for tenant in await self.tenants() if tenant.name == tenant_id]
        return await super().find(tenant_id) or (named[0] if named else None)


@TWINS.fails(
    "test_an_unknown_tenant_is_none",
    "test_a_name_that_is_taken_is_a_conflict",
    "test_a_removed_tenant_is_gone_and_the_others_stay",
)
class RefusesTheUnknown(InMemoryTenantStore):
    """Raises NotFound where there is no tenant."""

    async def find(self, tenant_id: str) -> Tenant | None:
        if (tenant := await super().find(tenant_id)) is None:
            raise NotFound
        return tenant


@TWINS.fails("test_a_tenant_that_is_kept_can_have_keys", "test_a_tenant_takes_its_keys_with_it_and_no_others")
class KeepsTenantsElsewhere(InMemoryTenantStore):
    """Does not tell the registry of keys."""

    async def add(self, tenant: Tenant) -> None:
        await super().add(tenant)
        self._keys.dismiss(tenant.id)


@TWINS.fails("test_a_name_that_is_taken_is_a_conflict")
class TakesANameTwice(InMemoryTenantStore):
    """Has no unique index on names."""

    async def add(self, tenant: Tenant) -> None:
        await self._keys.check()
        if tenant.id in self._tenants:
            raise Conflict
        self._tenants[tenant.id] = tenant
        self._keys.admit(tenant.id)


@TWINS.fails("test_a_name_that_is_taken_is_a_conflict", "test_an_id_that_is_taken_is_a_conflict")
class WritesBeforeItRefuses(InMemoryTenantStore):
    """Notices a conflict when it has written, and does not roll back."""

    async def add(self, tenant: Tenant) -> None:
        try:
            await super().add(tenant)
        except Conflict:
            self._tenants[tenant.id] = tenant
            raise


@TWINS.fails("test_an_id_that_is_taken_is_a_conflict")
class ReplacesATenant(InMemoryTenantStore):
    """Writes over an id that is taken."""

    async def add(self, tenant: Tenant) -> None:
        self._tenants.pop(tenant.id, None)
        await super().add(tenant)


@TWINS.fails("test_tenants_come_by_name_in_the_order_of_code_points")
class ListsAsTheyCame(InMemoryTenantStore):
    """Does not sort."""

    async def tenants(self) -> tuple[Tenant, ...]:
        await super().tenants()
        return tuple(self._tenants.values())


@TWINS.fails("test_tenants_come_by_name_in_the_order_of_code_points")
class ListsAsADictionaryDoes(InMemoryTenantStore):
    """Leaves the order of text to its database, which ignores case."""

    async def tenants(self) -> tuple[Tenant, ...]:
        return tuple(sorted(await super().tenants(), key=lambda tenant: tenant.name.casefold()))


@TWINS.fails("test_a_removed_tenant_is_gone_and_the_others_stay", "test_a_removed_tenant_may_be_added_anew")
class RemovesKeysOnly(InMemoryTenantStore):
    """Forgets a tenant's keys, and not the tenant."""

    async def remove(self, tenant_id: str) -> None:
        tenants = dict(self._tenants)
        await super().remove(tenant_id)
        self._tenants = tenants


@TWINS.fails("test_a_removed_tenant_is_gone_and_the_others_stay")
class RemovesAll(InMemoryTenantStore):
    """Deletes without a condition."""

    async def remove(self, tenant_id: str) -> None:
        await super().remove(tenant_id)
        self._tenants.clear()


@TWINS.fails("test_a_tenant_takes_its_keys_with_it_and_no_others")
class LeavesKeys(InMemoryTenantStore):
    """Forgets a tenant whose keys still open the door."""

    async def remove(self, tenant_id: str) -> None:
        kept = dict(self._keys._by_digest)
        await super().remove(tenant_id)
        self._keys._by_digest = kept


@TWINS.fails("test_a_tenant_takes_its_keys_with_it_and_no_others")
class TakesAllKeys(InMemoryTenantStore):
    """Forgets the keys of every tenant with one."""

    async def remove(self, tenant_id: str) -> None:
        await super().remove(tenant_id)
        for key in await self._keys.keys():
            await self._keys.remove(key.id)


@TWINS.fails("test_a_removed_tenant_can_have_no_keys")
class AdmitsKeysOfTheRemoved(InMemoryTenantStore):
    """Lets a tenant that is gone have keys."""

    async def remove(self, tenant_id: str) -> None:
        await super().remove(tenant_id)
        self._keys.admit(tenant_id)


@TWINS.fails("test_a_removed_tenant_may_be_added_anew")
class LeavesTombstones(InMemoryTenantStore):
    """Never takes an id again."""

    def __init__(self, keys: InMemoryKeyStore) -> None:
        super().__init__(keys)
        self._buried: set[str] = set()

    async def add(self, tenant: Tenant) -> None:
        if tenant.id in self._buried:
            raise Conflict
        await super().add(tenant)

    async def remove(self, tenant_id: str) -> None:
        await super().remove(tenant_id)
        self._buried.add(tenant_id)


@TWINS.fails("test_removing_a_tenant_that_is_not_there_is_not_found")
class RemovesNothingQuietly(InMemoryTenantStore):
    """Does not look whether there was anything to remove."""

    async def remove(self, tenant_id: str) -> None:
        await self._keys.check()
        if tenant_id in self._tenants:
            await super().remove(tenant_id)


@TWINS.fails("test_out_of_reach_adding_a_tenant_says_so")
class TakesAnOutageForAConflict(InMemoryTenantStore):
    """Says that a name is taken which it could not look up."""

    async def add(self, tenant: Tenant) -> None:
        if not self._keys.available:
            raise Conflict
        await super().add(tenant)


@TWINS.fails("test_out_of_reach_finding_a_tenant_says_so", "test_out_of_reach_listing_tenants_says_so")
class KnowsNobodyInAnOutage(InMemoryTenantStore):
    """Answers as if there were no tenants."""

    async def find(self, tenant_id: str) -> Tenant | None:
        return await super().find(tenant_id) if self._keys.available else None

    async def tenants(self) -> tuple[Tenant, ...]:
        return await super().tenants() if self._keys.available else ()


@TWINS.fails("test_out_of_reach_removing_a_tenant_says_so")
class MissesWhatIsOutOfReach(InMemoryTenantStore):
    """Takes an outage for a tenant that is not there."""

    async def remove(self, tenant_id: str) -> None:
        if not self._keys.available:
            raise NotFound
        await super().remove(tenant_id)


globals().update(TWINS.suites(Suite))
