"""What the ports promise of any store of tenants and keys."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event

from qfa_adapters.sql.key_store import LOOK_UPS_AT_A_TIME, SQLKeyStore
from qfa_core.errors import Conflict, NotFound
from qfa_core.tenancy import ApiKey, Tenant, digest_of
from tests.adapters.sql.conftest import Registries, sqlite

KENYA = Tenant(id="t-1", name="Kenya", allows_superusers=True)
NEPAL = Tenant(id="t-2", name="Nepal")


def a_key(key_id: str, tenant: Tenant = KENYA, name: str = "CRM", is_superuser: bool = False) -> ApiKey:
    return ApiKey(id=key_id, name=name, tenant_id=tenant.id, is_superuser=is_superuser)


async def test_a_key_is_found_by_its_digest_as_it_was_kept(registries: Registries) -> None:
    await registries.tenants.add(KENYA)
    key = a_key("k-1", is_superuser=True)
    await registries.keys.add(key, digest_of("secret"))

    assert await registries.keys.find(digest_of("secret")) == key


async def test_an_unknown_digest_finds_nothing(registries: Registries) -> None:
    await registries.tenants.add(KENYA)
    await registries.keys.add(a_key("k-1"), digest_of("secret"))

    assert await registries.keys.find(digest_of("another")) is None
    assert await registries.keys.find("secret") is None


async def test_a_key_of_a_missing_tenant_is_not_kept(registries: Registries) -> None:
    with pytest.raises(NotFound):
        await registries.keys.add(a_key("k-1", NEPAL), digest_of("secret"))

    assert await registries.keys.keys() == ()


async def test_a_digest_or_an_id_that_is_taken_is_a_conflict(registries: Registries) -> None:
    await registries.tenants.add(KENYA)
    await registries.keys.add(a_key("k-1"), digest_of("secret"))

    with pytest.raises(Conflict):
        await registries.keys.add(a_key("k-2"), digest_of("secret"))
    with pytest.raises(Conflict):
        await registries.keys.add(a_key("k-1"), digest_of("another"))

    assert await registries.keys.keys() == (a_key("k-1"),)


async def test_two_keys_may_have_one_name(registries: Registries) -> None:
    await registries.tenants.add(KENYA)
    await registries.keys.add(a_key("k-1", name="CRM"), digest_of("one"))
    await registries.keys.add(a_key("k-2", name="CRM"), digest_of("two"))

    assert len(await registries.keys.keys()) == 2


async def test_keys_are_listed_by_tenant_name_and_id(registries: Registries) -> None:
    await registries.tenants.add(KENYA)
    await registries.tenants.add(NEPAL)
    keys = [
        a_key("k-4", KENYA, "CRM"),
        a_key("k-5", KENYA, "CRM"),
        a_key("k-2", KENYA, "apps"),
        a_key("k-1", KENYA, "Écran"),
        a_key("k-3", NEPAL, "CRM"),
    ]
    for key in reversed(keys):
        await registries.keys.add(key, digest_of(key.id))

    assert [key.id for key in await registries.keys.keys()] == ["k-4", "k-5", "k-2", "k-1", "k-3"]
    assert [key.id for key in await registries.keys.keys(NEPAL.id)] == ["k-3"]
    assert await registries.keys.keys("nobody") == ()


async def test_a_removed_key_is_forgotten(registries: Registries) -> None:
    await registries.tenants.add(KENYA)
    await registries.keys.add(a_key("k-1"), digest_of("one"))
    await registries.keys.add(a_key("k-2"), digest_of("two"))

    await registries.keys.remove("k-1")

    assert await registries.keys.find(digest_of("one")) is None
    assert await registries.keys.keys() == (a_key("k-2"),)


async def test_removing_a_key_that_is_not_there_says_so(registries: Registries) -> None:
    with pytest.raises(NotFound):
        await registries.keys.remove("k-1")


async def test_a_tenant_is_found_as_it_was_kept(registries: Registries) -> None:
    await registries.tenants.add(KENYA)

    assert await registries.tenants.find(KENYA.id) == KENYA
    assert await registries.tenants.find("nobody") is None


@pytest.mark.parametrize(
    "taken",
    [Tenant(id="t-9", name="Kenya"), Tenant(id="t-1", name="Somalia")],
    ids=["name", "id"],
)
async def test_a_name_or_an_id_that_is_taken_is_a_conflict(registries: Registries, taken: Tenant) -> None:
    await registries.tenants.add(KENYA)

    with pytest.raises(Conflict):
        await registries.tenants.add(taken)

    assert await registries.tenants.tenants() == (KENYA,)


async def test_tenants_are_listed_by_name(registries: Registries) -> None:
    for number, name in enumerate(["nepal", "Ukraine", "Kenya", "Éthiopie"]):
        await registries.tenants.add(Tenant(id=f"t-{number}", name=name))

    names = [tenant.name for tenant in await registries.tenants.tenants()]

    assert names == ["Kenya", "Ukraine", "nepal", "Éthiopie"]


async def test_a_tenant_takes_its_keys_with_it_and_no_others(registries: Registries) -> None:
    await registries.tenants.add(KENYA)
    await registries.tenants.add(NEPAL)
    await registries.keys.add(a_key("k-1", KENYA), digest_of("one"))
    await registries.keys.add(a_key("k-2", NEPAL), digest_of("two"))

    await registries.tenants.remove(KENYA.id)

    assert await registries.tenants.tenants() == (NEPAL,)
    assert await registries.keys.find(digest_of("one")) is None
    assert await registries.keys.keys() == (a_key("k-2", NEPAL),)


async def test_removing_a_tenant_that_is_not_there_says_so(registries: Registries) -> None:
    with pytest.raises(NotFound):
        await registries.tenants.remove("nobody")


async def test_a_store_of_keys_within_reach_passes_its_check(registries: Registries) -> None:
    assert await registries.keys.check() is None


async def test_finding_a_key_is_one_statement_on_the_index_of_digests(tmp_path: Path) -> None:
    statements: list[str] = []
    async with sqlite(tmp_path) as engine:
        event.listen(
            engine.sync_engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2])
        )
        await SQLKeyStore(engine).find(digest_of("secret"))
        (statement,) = statements
        async with engine.connect() as connection:
            plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("",))).all()

    assert "USING INDEX ix_api_keys_digest" in str(plan)


async def test_a_flood_of_look_ups_waits_in_line(tmp_path: Path) -> None:
    at_work: list[int] = [0]
    async with sqlite(tmp_path) as engine:
        event.listen(engine.sync_engine, "checkout", lambda *_: at_work.append(at_work[-1] + 1))
        event.listen(engine.sync_engine, "checkin", lambda *_: at_work.append(at_work[-1] - 1))
        keys = SQLKeyStore(engine)

        found = await asyncio.gather(*(keys.find(digest_of(f"wrong {number}")) for number in range(20)))

    assert found == [None] * 20
    assert max(at_work) == LOOK_UPS_AT_A_TIME


async def test_look_ups_that_are_given_up_leave_the_line(tmp_path: Path) -> None:
    async with sqlite(tmp_path) as engine:
        keys = SQLKeyStore(engine)
        given_up = [asyncio.create_task(keys.find(digest_of("wrong"))) for _ in range(10)]
        await asyncio.sleep(0)
        for look_up in given_up:
            look_up.cancel()
        await asyncio.wait(given_up)

        async with asyncio.timeout(5):
            assert await keys.find(digest_of("another")) is None
