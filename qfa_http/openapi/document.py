"""The OpenAPI 3.1 document, made of the wire structs and the table of operations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib import resources
from typing import Any

import msgspec

from qfa_core import __version__
from qfa_http.openapi.meanings import MEANINGS
from qfa_http.openapi.operations import OPERATIONS, Access, Operation
from qfa_http.wire.errors import STATUS_OF_CODE, ErrorCode, ErrorResponse

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_JSON_TYPE = "application/json"
_PATH_PARAMETER = re.compile(r"\{(\w+)\}")
_DESCRIPTION = (
    "Analyses, summarises, codes and screens what community members tell Red Cross and Red Crescent teams. "
    "Every answer, errors included, carries `X-Request-ID`; quote it when you report a problem."
)
_TAGS = {
    "Analysis": "What community members said, and what to make of it.",
    "Usage": "Calls, tokens, time and cost.",
    "Administration": "Tenants and API keys.",
    "Service": "The service itself.",
}
_ACCESS_ERRORS: dict[Access, tuple[ErrorCode, ...]] = {
    "anyone": (),
    "key": ("authentication_required", "forbidden", "usage_backend_unavailable"),
    "superuser": ("authentication_required", "forbidden", "usage_backend_unavailable"),
}
_BODY_ERRORS: tuple[ErrorCode, ...] = ("payload_too_large", "validation_error")
_ERROR_HEADERS: dict[int, Json] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}},
}
_REQUEST_ID = {
    "description": "The request's UUID, made by the server.",
    "schema": {"type": "string", "format": "uuid"},
}


def openapi_document() -> Json:
    """Return the whole document."""
    bodies, schemas = _bodies()
    paths: Json = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, bodies)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Qualitative Feedback Analysis",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": description} for name, description in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": {"X-Request-ID": _REQUEST_ID},
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key of this service."}
            },
        },
        "x-errors": [
            {"code": code, "status": STATUS_OF_CODE[code], "meaning": meaning}
            for code, meaning in MEANINGS.items()
        ],
    }


def _bodies() -> tuple[dict[type, Json], Json]:
    """Return each body's schema reference with its example, and the schemas that the references lead to."""
    types: list[type] = [ErrorResponse]
    for operation in OPERATIONS:
        types += [body for body in (operation.request, operation.response) if body and body not in types]
    refs, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    bodies: dict[type, Json] = {body: {"schema": ref} for body, ref in zip(types, refs, strict=True)}
    examples = json.loads(resources.files("qfa_http.openapi").joinpath("examples.json").read_text("utf-8"))
    for body in types:
        if body.__name__ in examples:
            bodies[body]["example"] = examples[body.__name__]
    return bodies, schemas


def _operation(operation: Operation, bodies: dict[type, Json]) -> Json:
    described: Json = {
        "tags": [operation.tag],
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "security": [] if operation.access == "anyone" else [{"apiKey": []}],
        "x-access": operation.access,
        "responses": _responses(operation, bodies),
    }
    if operation.description:
        described["description"] = operation.description
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.request:
        described["requestBody"] = {"required": True, "content": {_JSON_TYPE: bodies[operation.request]}}
    return described


def _operation_id(operation: Operation) -> str:
    return "_".join((operation.method, *re.findall(r"\w+", operation.path.removeprefix("/v1/"))))


def _parameters(operation: Operation) -> list[Json]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_PARAMETER.findall(operation.path)
    ]
    query = [
        {
            "name": parameter.name,
            "in": "query",
            "required": False,
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
        for parameter in operation.query
    ]
    return [*path, *query]


def _responses(operation: Operation, bodies: dict[type, Json]) -> Json:
    success: Json = {"description": "Done.", "headers": _headers()}
    if operation.response:
        success["content"] = {operation.media_type: bodies[operation.response]}
    responses = {str(operation.status): success}
    if operation.response and operation.unready:
        schema = {"schema": bodies[operation.response]["schema"]}
        responses["503"] = {**success, "description": "Not ready.", "content": {_JSON_TYPE: schema}}
    codes = (*_ACCESS_ERRORS[operation.access], *operation.errors, "internal_error")
    return responses | _error_responses((*codes, *(_BODY_ERRORS if operation.request else ())), bodies)


def _error_responses(codes: Iterable[ErrorCode], bodies: dict[type, Json]) -> Json:
    codes_of: dict[int, list[ErrorCode]] = {}
    for code in sorted(codes, key=lambda code: STATUS_OF_CODE[code]):
        codes_of.setdefault(STATUS_OF_CODE[code], []).append(code)
    return {
        str(status): {
            "description": ", ".join(f"`{code}`" for code in codes),
            "headers": _headers() | _ERROR_HEADERS.get(status, {}),
            "content": {_JSON_TYPE: bodies[ErrorResponse]},
        }
        for status, codes in codes_of.items()
    }


def _headers() -> Json:
    return {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
