from __future__ import annotations

import asyncio
import itertools

import pytest

from qfa_core.errors import KeyStoreUnavailable
from qfa_core.fakes import InMemoryKeyStore, InMemoryTenantStore
from qfa_core.tenancy import ApiKey
from qfa_core.use_cases.authenticate import Authenticate, KnownKeys
from qfa_core.use_cases.make_first_key import MakeFirstKey
from qfa_core.use_cases.manage_keys import ManageKeys


class HesitantKeyStore(InMemoryKeyStore):
    """Let others run between finding the keys and telling of them, as a database does."""

    async def keys(self, tenant_id: str | None = None) -> tuple[ApiKey, ...]:
        found = await super().keys(tenant_id)
        await asyncio.sleep(0)
        return found


def managing(keys: InMemoryKeyStore) -> ManageKeys:
    ids, secrets = itertools.count(1), itertools.count(1)
    return ManageKeys(
        keys,
        InMemoryTenantStore(keys),
        KnownKeys(lambda: 0.0),
        new_id=lambda: f"id-{next(ids)}",
        new_secret=lambda: f"secret-{next(secrets)}",
    )


async def test_the_first_key_is_a_superusers() -> None:
    keys = InMemoryKeyStore()
    secret = await MakeFirstKey(managing(keys))()

    assert secret is not None
    key = await Authenticate([keys], KnownKeys(lambda: 0.0))(secret.reveal())
    assert key.is_superuser
    assert await keys.keys() == (key,)


async def test_where_a_key_exists_none_is_made() -> None:
    keys = InMemoryKeyStore()
    manage = managing(keys)
    tenant = await manage.add_tenant("Kenya")
    made = await manage.add_key("crm", tenant.id)

    assert await MakeFirstKey(manage)() is None
    assert await keys.keys() == (made.key,)
    assert await manage.tenants() == (tenant,)


async def test_a_first_key_that_was_removed_is_not_made_again() -> None:
    keys = InMemoryKeyStore()
    manage = managing(keys)
    await MakeFirstKey(manage)()
    [first] = await keys.keys()
    await manage.remove_key(first.id)

    assert await MakeFirstKey(manage)() is None
    assert await keys.keys() == ()


async def test_of_several_that_start_at_once_one_makes_the_key() -> None:
    keys = HesitantKeyStore()
    manage = managing(keys)
    secrets = await asyncio.gather(*(MakeFirstKey(manage)() for _ in range(4)))

    assert len([secret for secret in secrets if secret]) == 1
    assert len(await keys.keys()) == 1


async def test_a_store_that_is_away_is_an_error_and_not_a_fresh_start() -> None:
    keys = InMemoryKeyStore()
    keys.available = False
    with pytest.raises(KeyStoreUnavailable):
        await MakeFirstKey(managing(keys))()
