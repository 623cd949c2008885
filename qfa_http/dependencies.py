"""What handlers are given: who calls, the request's context, and the use cases."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.handlers import BaseRouteHandler

from qfa_core.budget import Deadline, RequestContext
from qfa_core.errors import Forbidden
from qfa_core.tenancy import ApiKey
from qfa_core.use_cases.analyze import Analyze
from qfa_core.use_cases.assign_codes import AssignCodes
from qfa_core.use_cases.detect_sensitive import DetectSensitive
from qfa_core.use_cases.manage_keys import ManageKeys
from qfa_core.use_cases.report_usage import ReportUsage
from qfa_core.use_cases.summarize import Summarize, SummarizeCorpus
from qfa_http.container import Container
from qfa_http.readiness import CheckReadiness

DEADLINE_SECONDS = 120.0
ANALYZE_DEADLINE_SECONDS = 600.0

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


def key_guard(container: Container) -> Guard:
    """Return the guard that lets in whoever holds a key, and notes who that is."""

    async def require_key(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        scheme, _separator, secret = connection.headers.get("authorization", "").partition(" ")
        authenticate = container.authenticate()
        connection.scope["auth"] = await authenticate(secret.strip() if scheme.lower() == "bearer" else None)

    return require_key


async def require_superuser(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let in superusers only; stands behind the key guard."""
    if not connection.auth.is_superuser:
        raise Forbidden


def providers(container: Container) -> Mapping[str, Provide]:
    """Return what handlers may ask for by name, each made when it is asked for."""

    def provide_analyze() -> Analyze:
        return container.analyze()

    def provide_summarize() -> Summarize:
        return container.summarize()

    def provide_summarize_corpus() -> SummarizeCorpus:
        return container.summarize_corpus()

    def provide_assign_codes() -> AssignCodes:
        return container.assign_codes()

    def provide_detect_sensitive() -> DetectSensitive:
        return container.detect_sensitive()

    def provide_report_usage() -> ReportUsage:
        return container.report_usage()

    def provide_manage_keys() -> ManageKeys:
        return container.manage_keys()

    def provide_check_readiness() -> CheckReadiness:
        return container.check_readiness()

    made: dict[str, Callable[..., Any]] = {
        "analyze": provide_analyze,
        "summarize": provide_summarize,
        "summarize_corpus": provide_summarize_corpus,
        "assign_codes": provide_assign_codes,
        "detect_sensitive": provide_detect_sensitive,
        "report_usage": provide_report_usage,
        "manage_keys": provide_manage_keys,
        "check_readiness": provide_check_readiness,
        "caller": provide_caller,
        "context": provide_context,
    }
    return {name: Provide(provide, sync_to_thread=False, use_cache=False) for name, provide in made.items()}


def provide_caller(request: Request[Any, Any, Any]) -> ApiKey:
    """Return the key that the guard let in."""
    key: ApiKey = request.auth
    return key


def provide_context(request: Request[Any, Any, Any], caller: NamedDependency[ApiKey]) -> RequestContext:
    """Return the context of a request to an analysis endpoint, whose handler names its operation."""
    operation = request.route_handler.opt["operation"]
    seconds = ANALYZE_DEADLINE_SECONDS if operation == "analyze" else DEADLINE_SECONDS
    return RequestContext(
        tenant_id=caller.tenant_id,
        operation=operation,
        request_id=request.state.request_id,
        deadline=Deadline(expires_at=time.monotonic() + seconds),
    )
