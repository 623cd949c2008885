"""Keys that stand in the settings."""

from __future__ import annotations

from qfa_adapters.environment.key_store import EnvironmentKeyStore
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey, digest_of

CRM = ApiKey(id="k-1", name="CRM", tenant_id="kenya")
ADMIN = ApiKey(id="k-2", name="admin", tenant_id="kenya", is_superuser=True)


async def test_each_key_is_found_by_the_digest_of_its_secret() -> None:
    store = EnvironmentKeyStore([(CRM, Secret("one")), (ADMIN, Secret("two"))])

    assert await store.find(digest_of("one")) == CRM
    assert await store.find(digest_of("two")) == ADMIN


async def test_neither_an_unknown_digest_nor_a_secret_itself_finds_a_key() -> None:
    store = EnvironmentKeyStore([(CRM, Secret("one"))])

    assert await store.find(digest_of("another")) is None
    assert await store.find("one") is None


async def test_a_secret_that_is_given_twice_does_not_gain_rights_by_the_second_entry() -> None:
    store = EnvironmentKeyStore([(CRM, Secret("one")), (ADMIN, Secret("one"))])

    assert await store.find(digest_of("one")) == CRM


async def test_keys_of_the_environment_are_always_within_reach() -> None:
    assert await EnvironmentKeyStore([]).check() is None
