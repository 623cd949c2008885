"""API keys of a Key Vault, as they come and go."""

from __future__ import annotations

from qfa_adapters.azure.key_store import VaultKeyStore
from qfa_core.secrets import Secret
from qfa_core.tenancy import ApiKey, digest_of

KENYA = ApiKey(id="k-1", name="crm", tenant_id="kenya")
NEPAL = ApiKey(id="n-1", name="crm", tenant_id="nepal")


def keeping(changed: list[str], **keys: ApiKey) -> VaultKeyStore:
    """Return a store that knows *keys* by their secrets, and tells *changed*."""
    store = VaultKeyStore(on_change=changed.append)
    store.replace((key, Secret(secret)) for secret, key in keys.items())
    return store


async def test_a_key_is_found_by_its_digest() -> None:
    store = keeping([], one=KENYA, two=NEPAL)

    assert await store.find(digest_of("one")) == KENYA
    assert await store.find(digest_of("three")) is None


async def test_a_removed_key_is_told_at_once_and_not_found_any_more() -> None:
    changed: list[str] = []
    store = keeping(changed, one=KENYA, two=NEPAL)
    store.replace([(NEPAL, Secret("two"))])

    assert changed == ["k-1"]
    assert await store.find(digest_of("one")) is None
    assert await store.find(digest_of("two")) == NEPAL


async def test_a_key_of_other_rights_or_another_secret_is_told() -> None:
    changed: list[str] = []
    store = keeping(changed, one=KENYA, two=NEPAL)
    root = ApiKey(id="k-1", name="crm", tenant_id="kenya", is_superuser=True)
    store.replace([(root, Secret("one")), (NEPAL, Secret("another"))])

    assert changed == ["k-1", "n-1"]
    assert await store.find(digest_of("one")) == root


async def test_what_stays_as_it_is_is_not_told() -> None:
    changed: list[str] = []
    store = keeping(changed, one=KENYA)
    store.replace([(KENYA, Secret("one")), (NEPAL, Secret("two"))])

    assert changed == []


async def test_an_empty_store_can_be_used() -> None:
    await VaultKeyStore(on_change=lambda _: None).check()
