"""What every store of tenants promises."""

from __future__ import annotations

import pytest

from qfa_core.contracts.contract import Contract, needs, not_given
from qfa_core.errors import Conflict, KeyStoreUnavailable, NotFound
from qfa_core.ports.key_store import KeyRegistry, TenantRegistry
from qfa_core.tenancy import ApiKey, Tenant, digest_of

KENYA = Tenant(id="t-1", name="Kenya", allows_superusers=True)
NEPAL = Tenant(id="t-2", name="Nepal")


def a_key(id: str, tenant: Tenant) -> ApiKey:  # noqa: A002 - it is the name of the field
    return ApiKey(id=id, name="CRM", tenant_id=tenant.id)


class TenantRegistryContract(Contract):
    """
    The promises of a TenantRegistry; *tenant_registry* and *key_registry* are empty, and know of each other.

    *unreachable_tenant_registry* is one that cannot be reached. A registry of which there is none, such as
    one in memory, says `can_be_unreachable = False`.
    """

    can_be_unreachable = True

    @pytest.fixture
    def unreachable_tenant_registry(self) -> TenantRegistry:
        """Give a registry that cannot be reached."""
        not_given("unreachable_tenant_registry", "can_be_unreachable")

    async def test_a_tenant_is_found_as_it_was_kept(self, tenant_registry: TenantRegistry) -> None:
        """TenantRegistry.find: Return a tenant, as it was kept"""
        await tenant_registry.add(KENYA)
        await tenant_registry.add(NEPAL)

        assert [await tenant_registry.find(tenant.id) for tenant in (KENYA, NEPAL)] == [KENYA, NEPAL]

    async def test_an_unknown_tenant_is_none(self, tenant_registry: TenantRegistry) -> None:
        """TenantRegistry.find: None if there is none"""
        await tenant_registry.add(KENYA)

        assert await tenant_registry.find("nobody") is None
        assert await tenant_registry.find(KENYA.name) is None

    async def test_a_tenant_that_is_kept_can_have_keys(
        self, tenant_registry: TenantRegistry, key_registry: KeyRegistry
    ) -> None:
        """TenantRegistry.add: so that it can have keys"""
        await tenant_registry.add(KENYA)

        await key_registry.add(a_key("k-1", KENYA), digest_of("one"))

        assert await key_registry.keys(KENYA.id) == (a_key("k-1", KENYA),)

    async def test_a_name_that_is_taken_is_a_conflict(self, tenant_registry: TenantRegistry) -> None:
        """TenantRegistry.add: Raises Conflict if its name or id is taken"""
        await tenant_registry.add(KENYA)

        with pytest.raises(Conflict):
            await tenant_registry.add(Tenant(id="t-9", name=KENYA.name))

        assert await tenant_registry.find("t-9") is None

    async def test_an_id_that_is_taken_is_a_conflict(self, tenant_registry: TenantRegistry) -> None:
        """TenantRegistry.add: Raises Conflict if its name or id is taken"""
        await tenant_registry.add(NEPAL)

        with pytest.raises(Conflict):
            await tenant_registry.add(Tenant(id=NEPAL.id, name="Somalia"))

        assert await tenant_registry.find(NEPAL.id) == NEPAL

    async def test_tenants_come_by_name_in_the_order_of_code_points(
        self, tenant_registry: TenantRegistry
    ) -> None:
        """TenantRegistry.tenants: Return all tenants by name, in the order of code points"""
        for number, name in enumerate(["nepal", "Ukraine", "Kenya", "Éthiopie"]):
            await tenant_registry.add(Tenant(id=f"t-{number}", name=name))

        names = [tenant.name for tenant in await tenant_registry.tenants()]

        assert names == ["Kenya", "Ukraine", "nepal", "Éthiopie"]

    async def test_a_removed_tenant_is_gone_and_the_others_stay(
        self, tenant_registry: TenantRegistry
    ) -> None:
        """TenantRegistry.remove: Forget a tenant"""
        await tenant_registry.add(KENYA)
        await tenant_registry.add(NEPAL)

        await tenant_registry.remove(KENYA.id)

        assert await tenant_registry.find(KENYA.id) is None
        assert await tenant_registry.tenants() == (NEPAL,)

    async def test_a_tenant_takes_its_keys_with_it_and_no_others(
        self, tenant_registry: TenantRegistry, key_registry: KeyRegistry
    ) -> None:
        """TenantRegistry.remove: in the same step, its keys"""
        for tenant in (KENYA, NEPAL):
            await tenant_registry.add(tenant)
            await key_registry.add(a_key(f"key of {tenant.id}", tenant), digest_of(tenant.id))

        await tenant_registry.remove(KENYA.id)

        assert await key_registry.find(digest_of(KENYA.id)) is None
        assert await key_registry.keys() == (a_key(f"key of {NEPAL.id}", NEPAL),)

    async def test_a_removed_tenant_can_have_no_keys(
        self, tenant_registry: TenantRegistry, key_registry: KeyRegistry
    ) -> None:
        """TenantRegistry.remove: Forget a tenant"""
        await tenant_registry.add(KENYA)
        await tenant_registry.remove(KENYA.id)

        with pytest.raises(NotFound):
            await key_registry.add(a_key("k-1", KENYA), digest_of("one"))

    async def test_a_removed_tenant_may_be_added_anew(self, tenant_registry: TenantRegistry) -> None:
        """TenantRegistry.remove: its id and its name are free again"""
        await tenant_registry.add(KENYA)
        await tenant_registry.remove(KENYA.id)
        renewed = Tenant(id=KENYA.id, name=KENYA.name)

        await tenant_registry.add(renewed)

        assert await tenant_registry.find(KENYA.id) == renewed

    async def test_removing_a_tenant_that_is_not_there_is_not_found(
        self, tenant_registry: TenantRegistry
    ) -> None:
        """TenantRegistry.remove: Raises NotFound if there is none"""
        with pytest.raises(NotFound):
            await tenant_registry.remove("nobody")

    @needs("can_be_unreachable")
    async def test_out_of_reach_adding_a_tenant_says_so(
        self, unreachable_tenant_registry: TenantRegistry
    ) -> None:
        """TenantRegistry.add: KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_tenant_registry.add(KENYA)

    @needs("can_be_unreachable")
    async def test_out_of_reach_finding_a_tenant_says_so(
        self, unreachable_tenant_registry: TenantRegistry
    ) -> None:
        """TenantRegistry.find: Raises KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_tenant_registry.find(KENYA.id)

    @needs("can_be_unreachable")
    async def test_out_of_reach_listing_tenants_says_so(
        self, unreachable_tenant_registry: TenantRegistry
    ) -> None:
        """TenantRegistry.tenants: Raises KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_tenant_registry.tenants()

    @needs("can_be_unreachable")
    async def test_out_of_reach_removing_a_tenant_says_so(
        self, unreachable_tenant_registry: TenantRegistry
    ) -> None:
        """TenantRegistry.remove: KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_tenant_registry.remove(KENYA.id)
