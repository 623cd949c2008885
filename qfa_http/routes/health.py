"""Liveness and readiness."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from qfa_core import __version__
from qfa_http.readiness import CheckReadiness
from qfa_http.wire.health import HealthResponse, ReadyResponse


@get("/v1/health")
async def health() -> HealthResponse:
    """Say that the process answers; touches nothing else."""
    return HealthResponse(version=__version__)


@get("/v1/ready")
async def ready(check_readiness: NamedDependency[CheckReadiness]) -> Response[ReadyResponse]:
    """Say whether the service can do its work, and what it lacks."""
    found = await check_readiness()
    answer = ReadyResponse.from_dependencies(found.dependencies, version=__version__, usage=found.usage)
    return Response(answer, status_code=200 if answer.status == "ok" else 503)


HANDLERS = (health, ready)
