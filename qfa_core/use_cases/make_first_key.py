"""A key for whoever starts the service for the first time."""

from __future__ import annotations

from qfa_core.errors import Conflict
from qfa_core.secrets import Secret
from qfa_core.use_cases.manage_keys import ManageKeys

FIRST_TENANT_NAME = "default"
FIRST_KEY_NAME = "first key"


class MakeFirstKey:
    """Make a tenant and a superuser key, once in a store's life."""

    def __init__(self, manage_keys: ManageKeys) -> None:
        self._manage_keys = manage_keys

    async def __call__(self) -> Secret | None:
        """
        Return the new key's secret; None if there is a key, or the tenant was made before.

        Of several processes that start at once, the one that makes the tenant makes the key.
        Raises KeyStoreUnavailable if the store cannot be reached.
        """
        if await self._manage_keys.keys():
            return None
        try:
            tenant = await self._manage_keys.add_tenant(FIRST_TENANT_NAME, allows_superusers=True)
        except Conflict:
            return None
        made = await self._manage_keys.add_key(FIRST_KEY_NAME, tenant.id, is_superuser=True)
        return made.secret
