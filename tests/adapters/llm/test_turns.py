"""Whose turn it is."""

from __future__ import annotations

import asyncio

from qfa_adapters.llm.turns import Turns, Waiter
from tests.adapters.llm.asking import context


async def joined(turns: Turns, tenant_id: str, request_number: int = 0) -> Waiter:
    waiting = context(tenant_id=tenant_id, request_number=request_number)
    waiter = Waiter(waiting, asyncio.get_running_loop().create_future())
    turns.join(waiter)
    return waiter


def order(turns: Turns) -> list[tuple[str, int]]:
    """Let all take their turn."""
    taken = []
    while turns:
        waiting = turns.next().context
        taken.append((waiting.tenant_id, int(waiting.request_id[-12:])))
    return taken


async def test_tenants_take_turns() -> None:
    turns = Turns()
    for tenant in ("a", "a", "a", "b", "b", "c"):
        await joined(turns, tenant)

    assert [tenant for tenant, _ in order(turns)] == ["a", "b", "c", "a", "b", "a"]


async def test_requests_of_a_tenant_take_turns() -> None:
    turns = Turns()
    for request in (1, 1, 1, 2, 3, 3):
        await joined(turns, "a", request)

    assert [request for _, request in order(turns)] == [1, 2, 3, 1, 3, 1]


async def test_a_tenant_gets_no_more_for_having_many_requests() -> None:
    turns = Turns()
    for request in range(4):
        await joined(turns, "a", request)
    for _ in range(2):
        await joined(turns, "b")

    assert [tenant for tenant, _ in order(turns)] == ["a", "b", "a", "b", "a", "a"]


async def test_within_a_request_the_first_come_is_the_first_served() -> None:
    turns = Turns()
    waiters = [await joined(turns, "a") for _ in range(3)]

    assert [turns.next() for _ in range(3)] == waiters


async def test_who_joins_again_waits_behind_all_others() -> None:
    turns = Turns()
    await joined(turns, "a")
    await joined(turns, "b")
    turns.join(turns.next())

    assert [tenant for tenant, _ in order(turns)] == ["b", "a"]


async def test_who_leaves_leaves_nothing_behind() -> None:
    turns = Turns()
    waiters = [await joined(turns, tenant) for tenant in ("a", "a", "b")]
    for waiter in waiters:
        turns.leave(waiter)
        turns.leave(waiter)

    assert not turns
