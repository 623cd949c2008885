"""Azure as a process sees it: a Key Vault under its real name, and the identity that is let in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.identity import VAULT_RESOURCE, IdentityEndpoint
from tests.fakes.key_vault import FakeKeyVault

REFRESH_SECONDS = 1
SOON_SECONDS = 15.0


class Azure:
    """A vault, the identity endpoint, and the *environment* in which a process finds both."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.endpoint = IdentityEndpoint()
        self.vault = FakeKeyVault(lambda token: self.endpoint.is_for(VAULT_RESOURCE, token))
        self.environment: dict[str, str] = {}

    @contextmanager
    def running(self) -> Iterator[Azure]:
        with self.endpoint, self.vault, self.vault.reached_by_name(self._folder) as ways:
            self.environment = {
                **self.endpoint.environment,
                **ways,
                "KEYVAULT_URL": self.vault.url,
                "KEYVAULT_REFRESH_SECONDS": str(REFRESH_SECONDS),
                "EMBEDDING_MODEL": "none",  # it takes seconds to load, and would make /v1/ready wait
            }
            yield self

    def put_keys(self, **tenants: str) -> None:
        """Write the secret of API keys: one key for each tenant."""
        keys = [{"name": tenant, "key": key, "tenant_id": tenant} for tenant, key in tenants.items()]
        self.vault.put("auth-api-keys", json.dumps(keys))


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something holds before long: what another process does tells nobody when it is done."""
    give_up_at = time.monotonic() + SOON_SECONDS
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True
