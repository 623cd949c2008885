from __future__ import annotations

import itertools

import pytest

from qfa_core.errors import AuthenticationRequired, Conflict, Forbidden, KeyStoreUnavailable, NotFound
from qfa_core.fakes import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.tenancy import ApiKey, Tenant, digest_of
from qfa_core.use_cases.authenticate import Authenticate, KnownKeys
from qfa_core.use_cases.manage_keys import ManageKeys


@pytest.fixture
def keys() -> InMemoryKeyStore:
    return InMemoryKeyStore()


@pytest.fixture
def known() -> KnownKeys:
    return KnownKeys(lambda: 0.0)


@pytest.fixture
def manage(keys: InMemoryKeyStore, known: KnownKeys) -> ManageKeys:
    """Return the use case with ids and secrets that count."""
    ids, secrets = itertools.count(1), itertools.count(1)
    return ManageKeys(
        keys,
        InMemoryTenantStore(keys),
        known,
        new_id=lambda: f"id-{next(ids)}",
        new_secret=lambda: f"CANARY-{next(secrets)}",
    )


@pytest.fixture
def authenticate(keys: InMemoryKeyStore, known: KnownKeys) -> Authenticate:
    return Authenticate([keys], known)


async def test_a_new_key_opens_the_door_for_its_tenant(
    manage: ManageKeys, authenticate: Authenticate
) -> None:
    tenant = await manage.add_tenant("Kenya")
    made = await manage.add_key("crm", tenant.id)

    assert tenant == Tenant(id="id-1", name="Kenya")
    assert made.key == ApiKey(id="id-2", name="crm", tenant_id="id-1")
    assert await authenticate(made.secret.reveal()) == made.key


async def test_the_secret_is_shown_once_and_kept_nowhere(manage: ManageKeys, keys: InMemoryKeyStore) -> None:
    tenant = await manage.add_tenant("Kenya")
    made = await manage.add_key("crm", tenant.id)

    assert made.secret.reveal() == "CANARY-1"
    assert "CANARY" not in f"{made}{made!r}{await manage.keys()}{vars(keys)}"
    assert await keys.find(digest_of("CANARY-1")) == made.key


async def test_a_superuser_key_needs_a_tenant_that_allows_them(manage: ManageKeys) -> None:
    plain = await manage.add_tenant("Kenya")
    special = await manage.add_tenant("Headquarters", allows_superusers=True)
    with pytest.raises(Forbidden):
        await manage.add_key("root", plain.id, is_superuser=True)

    assert (await manage.add_key("root", special.id, is_superuser=True)).key.is_superuser
    assert not (await manage.add_key("crm", special.id)).key.is_superuser
    assert await manage.keys(plain.id) == ()


async def test_a_key_needs_a_tenant_that_exists(manage: ManageKeys) -> None:
    with pytest.raises(NotFound):
        await manage.add_key("crm", "nobody")


async def test_a_name_can_be_taken_once(manage: ManageKeys) -> None:
    await manage.add_tenant("Kenya")
    with pytest.raises(Conflict):
        await manage.add_tenant("Kenya")


async def test_tenants_are_listed_by_name_and_keys_for_one_tenant_or_all(manage: ManageKeys) -> None:
    nepal, kenya = await manage.add_tenant("Nepal"), await manage.add_tenant("Kenya")
    theirs, ours = await manage.add_key("crm", nepal.id), await manage.add_key("crm", kenya.id)

    assert await manage.tenants() == (kenya, nepal)
    assert await manage.keys(nepal.id) == (theirs.key,)
    assert set(await manage.keys()) == {theirs.key, ours.key}
    assert await manage.keys("nobody") == ()


async def test_a_removed_key_is_refused_at_once(manage: ManageKeys, authenticate: Authenticate) -> None:
    tenant = await manage.add_tenant("Kenya")
    gone, kept = await manage.add_key("old", tenant.id), await manage.add_key("new", tenant.id)
    for made in (gone, kept):
        await authenticate(made.secret.reveal())
    await manage.remove_key(gone.key.id)
    with pytest.raises(AuthenticationRequired):
        await authenticate(gone.secret.reveal())

    assert await authenticate(kept.secret.reveal()) == kept.key
    assert await manage.keys() == (kept.key,)


async def test_a_removed_tenants_keys_are_refused_at_once(
    manage: ManageKeys, authenticate: Authenticate
) -> None:
    tenant, other = await manage.add_tenant("Kenya"), await manage.add_tenant("Nepal")
    gone, kept = await manage.add_key("crm", tenant.id), await manage.add_key("crm", other.id)
    for made in (gone, kept):
        await authenticate(made.secret.reveal())
    await manage.remove_tenant(tenant.id)
    with pytest.raises(AuthenticationRequired):
        await authenticate(gone.secret.reveal())

    assert await manage.tenants() == (other,)
    assert await manage.keys() == (kept.key,)
    assert await authenticate(kept.secret.reveal()) == kept.key


async def test_what_does_not_exist_cannot_be_removed(manage: ManageKeys) -> None:
    with pytest.raises(NotFound):
        await manage.remove_key("nothing")
    with pytest.raises(NotFound):
        await manage.remove_tenant("nobody")


async def test_a_key_that_could_not_be_removed_is_not_said_to_be(
    manage: ManageKeys, keys: InMemoryKeyStore, authenticate: Authenticate
) -> None:
    made = await manage.add_key("crm", (await manage.add_tenant("Kenya")).id)
    keys.available = False
    with pytest.raises(KeyStoreUnavailable):
        await manage.remove_key(made.key.id)
    keys.available = True

    assert await authenticate(made.secret.reveal()) == made.key
