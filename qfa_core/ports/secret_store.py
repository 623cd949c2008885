"""The port to where secrets are kept."""

from __future__ import annotations

from typing import Protocol

from qfa_core.secrets import Secret, StoredSecret


class SecretStore(Protocol):
    """A place that keeps secrets by name, each in versions of which the newest counts."""

    async def read(self, name: str) -> StoredSecret | None:
        """
        Return the newest version of a secret, None if there is no such secret.

        Raises SecretStoreUnavailable if the store cannot be reached, limits, or does not give it out.
        """
        ...

    async def write(self, name: str, value: Secret, *, replacing: str | None) -> None:
        """
        Make *value* the newest version, after the version *replacing*; None: of a secret that is new.

        Raises Conflict if another version is the newest by now, and SecretStoreUnavailable as `read` does.
        Two that write in the very same moment may both succeed: the later one's value counts.
        """
        ...
