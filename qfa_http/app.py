"""The application: routes, guards and dependencies around one container."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from litestar import Litestar, Router

from qfa_http.asgi import ASGIApp
from qfa_http.container import Container
from qfa_http.container.lifespan import hearing_of_keys, running
from qfa_http.dependencies import key_guard, providers, require_superuser
from qfa_http.errors import exception_handlers
from qfa_http.hang_up import CancelOnHangUp
from qfa_http.request_log import RequestLog
from qfa_http.routes import admin, feedback, health, reference, usage
from qfa_http.start import PlainStart, announce, require_keys_found
from qfa_http.stop import RequestsFirst


def create_app(container: Container) -> ASGIApp:
    """Return the ASGI application; its lifespan starts and stops what the container holds."""
    require_key = key_guard(container)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with running(container), hearing_of_keys(container):
            require_keys_found(container)
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
    layers = RequestsFirst(CancelOnHangUp(cast(ASGIApp, litestar)))
    return PlainStart(RequestLog(layers, container.watch_request()))
