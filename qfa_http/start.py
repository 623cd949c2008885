"""What is said at the start: which embedded defaults are in force, the first key, or why it failed."""

from __future__ import annotations

import logging
import sys

from qfa_core.errors import QFAError, StoreUnavailable
from qfa_core.secrets import Secret
from qfa_http.asgi import ASGIApp, Message, Receive, Scope, Send
from qfa_http.container import Container
from qfa_http.container.lifespan import key_faults
from qfa_http.settings import Settings, SettingsError, embedded_defaults

_log = logging.getLogger("qfa.start")


def require_key_source(settings: Settings) -> None:
    """Raise SettingsError where no key could ever open the door, so that serving makes no sense."""
    has_keys = settings.auth.api_keys or settings.key_vault.url is not None
    if not settings.database.track_usage and not has_keys:
        raise SettingsError(("AUTH_API_KEYS", "is needed where DB_TRACK_USAGE is false"))


def require_keys_found(container: Container) -> None:
    """Raise SettingsError where the Key Vault was to give keys and did not, and nobody else does."""
    if faults := key_faults(container):
        raise SettingsError(*faults)


async def announce(container: Container) -> None:
    """Say which embedded defaults are in force, and show the first key to whoever starts the service."""
    settings = container.settings()
    for default in embedded_defaults(settings):
        _log.warning("for trying out only: %s", default)
    if not settings.auth.api_keys and settings.key_vault.url is None:
        await _announce_first_key(container)


async def _announce_first_key(container: Container) -> None:
    try:
        secret = await container.make_first_key()()
    except StoreUnavailable:
        # Other keys may be in there: once it is back, they open the door.
        _log.warning("the database is away: whether it holds any key, nobody knows")
        return
    if secret:
        _show_once(secret)


def _show_once(secret: Secret) -> None:
    sys.stderr.write(f"\n  Your API key (a superuser's), shown only this once:\n\n    {secret.reveal()}\n\n")
    sys.stderr.flush()


class PlainStart:
    """Tell why a start failed in our own words; the server would print the whole traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the one lifespan."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_without_traceback(message: Message) -> None:
            if message["type"].endswith(".failed"):
                message = {
                    "type": message["type"],
                    "message": "The service could not start or stop in order.",
                }
            await send(message)

        try:
            await self._app(scope, receive, send_without_traceback)
        except* (QFAError, SettingsError) as failures:
            for failure in failures.exceptions:
                _log.error("%s", failure)
            raise
