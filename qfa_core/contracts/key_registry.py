"""What every store promises whose API keys can be changed."""

from __future__ import annotations

import pytest

from qfa_core.contracts.contract import needs, not_given
from qfa_core.contracts.key_store import KeyStoreContract
from qfa_core.errors import Conflict, KeyStoreUnavailable, NotFound
from qfa_core.ports.key_store import KeyRegistry, KeyStore, TenantRegistry
from qfa_core.tenancy import ApiKey, Tenant, digest_of

KENYA, NEPAL = Tenant(id="kenya", name="Kenya"), Tenant(id="nepal", name="Nepal")


def a_key(id: str, tenant: Tenant = KENYA, name: str = "CRM") -> ApiKey:  # noqa: A002 - the field's name
    return ApiKey(id=id, name=name, tenant_id=tenant.id)


class KeyRegistryContract(KeyStoreContract):
    """
    The promises of a KeyRegistry; *key_registry* and *tenant_registry* are empty, and know of each other.

    *unreachable_key_registry* is one that cannot be reached. A registry of which there is none, such as one
    in memory, says `can_be_unreachable = False`.
    """

    @pytest.fixture
    def unreachable_key_registry(self) -> KeyRegistry:
        """Give a registry that cannot be reached."""
        not_given("unreachable_key_registry", "can_be_unreachable")

    @pytest.fixture
    def unreachable_key_store(self, unreachable_key_registry: KeyRegistry) -> KeyStore:
        """Give the registry that cannot be reached as a mere store."""
        return unreachable_key_registry

    @pytest.fixture
    async def key_store(self, keys: KeyRegistry) -> KeyStore:
        """Give the registry, with the known keys in it."""
        for key, secret in self.known_keys:
            await keys.add(key, digest_of(secret.reveal()))
        return keys

    @pytest.fixture
    async def keys(self, key_registry: KeyRegistry, tenant_registry: TenantRegistry) -> KeyRegistry:
        """Give the registry without keys, of which two tenants may have some."""
        await tenant_registry.add(KENYA)
        await tenant_registry.add(NEPAL)
        return key_registry

    async def test_a_key_of_a_missing_tenant_is_not_found_and_not_kept(self, keys: KeyRegistry) -> None:
        """KeyRegistry.add: Raises NotFound if its tenant does not exist"""
        with pytest.raises(NotFound):
            await keys.add(a_key("k-1", Tenant(id="nobody", name="Nobody")), digest_of("one"))

        assert await keys.keys() == ()

    async def test_a_digest_that_is_taken_is_a_conflict(self, keys: KeyRegistry) -> None:
        """KeyRegistry.add: Conflict if its id or digest is taken"""
        await keys.add(a_key("k-1"), digest_of("one"))

        with pytest.raises(Conflict):
            await keys.add(a_key("k-2", NEPAL), digest_of("one"))

    async def test_an_id_that_is_taken_is_a_conflict(self, keys: KeyRegistry) -> None:
        """KeyRegistry.add: Conflict if its id or digest is taken"""
        await keys.add(a_key("k-1"), digest_of("one"))

        with pytest.raises(Conflict):
            await keys.add(a_key("k-1", NEPAL), digest_of("two"))

    async def test_a_conflict_changes_no_key(self, keys: KeyRegistry) -> None:
        """KeyRegistry.add: which changes no key that is kept"""
        await keys.add(a_key("k-1"), digest_of("one"))

        for key, secret in ((a_key("k-2", NEPAL), "one"), (a_key("k-1", NEPAL), "two")):
            with pytest.raises(Conflict):
                await keys.add(key, digest_of(secret))

        assert await keys.find(digest_of("one")) == a_key("k-1")
        assert await keys.find(digest_of("two")) is None
        assert await keys.keys() == (a_key("k-1"),)

    async def test_keys_may_share_a_name(self, keys: KeyRegistry) -> None:
        """KeyRegistry.add: names need not differ"""
        await keys.add(a_key("k-1"), digest_of("one"))
        await keys.add(a_key("k-2"), digest_of("two"))

        assert [await keys.find(digest_of(secret)) for secret in ("one", "two")] == [
            a_key("k-1"),
            a_key("k-2"),
        ]

    async def test_keys_come_by_tenant_then_name_then_id(self, keys: KeyRegistry) -> None:
        """KeyRegistry.keys: by tenant, name and id"""
        ordered = [
            a_key("k-3", KENYA, "app"),
            a_key("k-1", KENYA, "crm"),
            a_key("k-5", KENYA, "crm"),
            a_key("k-2", NEPAL, "app"),
            a_key("k-4", NEPAL, "crm"),
        ]
        for position in (3, 2, 4, 0, 1):
            await keys.add(ordered[position], digest_of(ordered[position].id))

        assert await keys.keys() == tuple(ordered)

    async def test_names_come_in_the_order_of_code_points(self, keys: KeyRegistry) -> None:
        """KeyRegistry.keys: Text comes in the order of its code points"""
        for number, name in enumerate(["app", "Écran", "CRM"]):
            await keys.add(a_key(f"k-{number}", name=name), digest_of(name))

        assert [key.name for key in await keys.keys()] == ["CRM", "app", "Écran"]

    async def test_the_keys_of_one_tenant_are_no_other_tenants(self, keys: KeyRegistry) -> None:
        """KeyRegistry.keys: Return the keys of one tenant, or of all"""
        await keys.add(a_key("k-1", KENYA), digest_of("one"))
        await keys.add(a_key("k-2", NEPAL), digest_of("two"))

        assert await keys.keys(NEPAL.id) == (a_key("k-2", NEPAL),)

    async def test_a_tenant_that_does_not_exist_has_no_keys(self, keys: KeyRegistry) -> None:
        """KeyRegistry.keys: () for a tenant that does not exist"""
        await keys.add(a_key("k-1"), digest_of("one"))

        assert await keys.keys("nobody") == ()

    async def test_a_removed_key_is_found_no_more(self, keys: KeyRegistry) -> None:
        """KeyRegistry.remove: Forget a key and no other"""
        await keys.add(a_key("k-1"), digest_of("one"))

        await keys.remove("k-1")

        assert await keys.find(digest_of("one")) is None
        assert await keys.keys() == ()

    async def test_the_keys_beside_a_removed_one_stay(self, keys: KeyRegistry) -> None:
        """KeyRegistry.remove: Forget a key and no other"""
        for name in ("k-1", "k-10", "k-2"):
            await keys.add(a_key(name), digest_of(name))

        await keys.remove("k-1")

        assert [await keys.find(digest_of(name)) for name in ("k-10", "k-2")] == [
            a_key("k-10"),
            a_key("k-2"),
        ]

    async def test_a_removed_key_may_be_added_anew(self, keys: KeyRegistry) -> None:
        """KeyRegistry.remove: its id and its digest are free again"""
        await keys.add(a_key("k-1"), digest_of("one"))
        await keys.remove("k-1")

        await keys.add(a_key("k-1", NEPAL), digest_of("one"))

        assert await keys.find(digest_of("one")) == a_key("k-1", NEPAL)

    async def test_removing_a_key_that_is_not_there_is_not_found(self, keys: KeyRegistry) -> None:
        """KeyRegistry.remove: Raises NotFound if there is none"""
        with pytest.raises(NotFound):
            await keys.remove("k-1")

    @needs("can_be_unreachable")
    async def test_out_of_reach_adding_a_key_says_so(self, unreachable_key_registry: KeyRegistry) -> None:
        """KeyRegistry.add: KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_key_registry.add(a_key("k-1"), digest_of("one"))

    @needs("can_be_unreachable")
    async def test_out_of_reach_listing_keys_says_so(self, unreachable_key_registry: KeyRegistry) -> None:
        """KeyRegistry.keys: Raises KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_key_registry.keys()

    @needs("can_be_unreachable")
    async def test_out_of_reach_removing_a_key_says_so(self, unreachable_key_registry: KeyRegistry) -> None:
        """KeyRegistry.remove: KeyStoreUnavailable if the store cannot be reached"""
        with pytest.raises(KeyStoreUnavailable):
            await unreachable_key_registry.remove("k-1")
