"""The application: routes, guards and dependencies around one container."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.types import ASGIApp

from qfa_http.container import Container, running
from qfa_http.dependencies import key_guard, providers, require_superuser
from qfa_http.errors import exception_handlers
from qfa_http.hang_up import CancelOnHangUp
from qfa_http.request_log import RequestLog
from qfa_http.routes import admin, feedback, health, reference, usage
from qfa_http.settings import embedded_defaults

_log = logging.getLogger("qfa.start")


def create_app(container: Container) -> ASGIApp:
    """Return the ASGI application; its lifespan starts and stops what the container holds."""
    require_key = key_guard(container)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with running(container):
            await announce(container)
            yield

    litestar = Litestar(
        route_handlers=[
            *health.HANDLERS,
            *reference.HANDLERS,
            Router("/", route_handlers=[*feedback.HANDLERS, *usage.HANDLERS], guards=[require_key]),
            Router(
                "/",
                route_handlers=[*usage.SUPERUSER_HANDLERS, *admin.SUPERUSER_HANDLERS],
                guards=[require_key, require_superuser],
            ),
        ],
        dependencies=providers(container),
        exception_handlers=exception_handlers(),
        request_max_body_size=container.settings().http.max_body_bytes,
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
    )
    return RequestLog(CancelOnHangUp(litestar))


async def announce(container: Container) -> None:
    """Say which embedded defaults are in force, and show the first key to whoever starts the service."""
    settings = container.settings()
    for default in embedded_defaults(settings):
        _log.warning("for trying out only: %s", default)
    if settings.auth.api_keys or settings.key_vault.url:
        return
    if secret := await container.make_first_key()():
        sys.stderr.write(
            f"\n  Your API key (a superuser's), shown only this once:\n\n    {secret.reveal()}\n\n"
        )
        sys.stderr.flush()
