"""Whose turn it is among those who wait for a place."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from qfa_core.budget import RequestContext


@dataclass(frozen=True, slots=True, eq=False)
class Waiter:
    """An attempt that waits until its *turn* comes."""

    context: RequestContext
    turn: asyncio.Future[None]


class Turns:
    """
    Take turns: tenants first, then the requests of a tenant, first come first served within a request.

    Every step takes the same short time, however many wait.
    """

    def __init__(self) -> None:
        # Ordered ones, because to take the first of a plain dict again and again gets ever slower.
        self._tenants: OrderedDict[str, OrderedDict[str, OrderedDict[Waiter, None]]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._tenants)

    def join(self, waiter: Waiter) -> None:
        """Let *waiter* wait behind the others of its request."""
        tenant_id, request_id = waiter.context.tenant_id, waiter.context.request_id
        requests = self._tenants.setdefault(tenant_id, OrderedDict())
        requests.setdefault(request_id, OrderedDict())[waiter] = None

    def leave(self, waiter: Waiter) -> None:
        """Let *waiter* wait no longer; no matter if it does not wait any more."""
        tenant_id, request_id = waiter.context.tenant_id, waiter.context.request_id
        requests = self._tenants.get(tenant_id, OrderedDict())
        waiters = requests.get(request_id, OrderedDict())
        waiters.pop(waiter, None)
        if not waiters:
            requests.pop(request_id, None)
        if not requests:
            self._tenants.pop(tenant_id, None)

    def next(self) -> Waiter:
        """Take out whose turn it is; its request and its tenant have their next turn after all others."""
        tenant_id, requests = self._tenants.popitem(last=False)
        request_id, waiters = requests.popitem(last=False)
        waiter, _ = waiters.popitem(last=False)
        if waiters:
            requests[request_id] = waiters
        if requests:
            self._tenants[tenant_id] = requests
        return waiter
