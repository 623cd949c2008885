from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from qfa_core.insights import Analysis, CorpusSummary, Summary
from qfa_core.pretty import pretty_analysis, pretty_corpus_summary, pretty_summary
from qfa_http.openapi import openapi_document
from qfa_http.openapi.operations import OPERATIONS, Operation
from qfa_http.wire.decoding import decode
from qfa_http.wire.errors import STATUS_OF_CODE, ErrorCode

Json = dict[str, Any]

DOCUMENT = openapi_document()
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
CONTRACT: Json = json.loads(Path(__file__).with_name("wire_contract.json").read_text("utf-8"))
LIMITS = ("minLength", "maxLength", "minItems", "minimum", "maximum", "pattern")

# Where we differ from QFA 2.1 on purpose: what is new is optional, and what may be null is so
# because there is nothing truthful to put there.
DELIBERATE = {
    "POST /v1/analyze-bulk: request anonymize is new",
    "POST /v1/summarize-bulk: request prompt is new",
    "POST /v1/summarize: request output_language is new",
    "POST /v1/admin/tenants: request tenant_name pattern is ^[^\\x00-\\x1f\\x7f]*$, was None",
    "POST /v1/admin/keys: request key_name pattern is ^[^\\x00-\\x1f\\x7f]*$, was None",
    "POST /v1/admin/keys: request tenant_id pattern is ^[^\\x00-\\x1f\\x7f]*$, was None",
    "POST /v1/summarize-bulk: response quality_score may be null",
    "POST /v1/assign-codes: response assigned_codes[].coding_level_1_id may be null",
    "POST /v1/assign-codes: response assigned_codes[].coding_level_1_name may be null",
    "POST /v1/assign-codes: response assigned_codes[].confidence_level_1 may be null",
    "POST /v1/assign-codes: response assigned_codes[].confidence_aggregate may be null",
}


def facts_of(schema: Json) -> Json:
    """Return a schema in the words of the contract: types, items' shape, limits, default, enum."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return facts_of(SCHEMAS[name]) if "enum" in SCHEMAS[name] else {"types": {"object"}, "shape": name}
    if "anyOf" in schema:
        parts = [facts_of(part) for part in schema["anyOf"]]
        merged = {key: value for part in parts for key, value in part.items()}
        return merged | {"types": set().union(*(part["types"] for part in parts))}
    limits = {key: schema[key] for key in (*LIMITS, "default") if key in schema}
    if "enum" in schema:
        return limits | {"types": {"string"}, "enum": set(schema["enum"])}
    if schema["type"] == "array":
        items = facts_of(schema["items"])
        return items | limits | {"types": {f"{kind}[]" for kind in items["types"]}}
    return limits | {"types": {schema["type"]}}


def promised(field: Json) -> Json:
    """Return a field of the contract in the same words."""
    types, shape = set(), None
    for kind in field["type"].split("|"):
        if kind.startswith("#"):
            shape = kind[1:].removesuffix("[]")
        types.add(re.sub(r"#\w+", "object", kind))
    return {**field, "types": types, "shape": shape} | (
        {"enum": set(field["enum"])} if "enum" in field else {}
    )


def differences(
    theirs: str, ours: str, *, request: bool, path: str = "", seen: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield where our shape *ours* would surprise a caller who knows the contract's shape *theirs*."""
    contract, schema = CONTRACT["shapes"][theirs], SCHEMAS[ours]
    if request and contract.get("closed", False) != (schema.get("additionalProperties") is False):
        yield f"{path or 'body'} treats unknown keys differently"
    if request:
        yield from (
            f"{path}{name} is new" for name in schema["properties"].keys() - contract["fields"].keys()
        )
    for name, field in contract["fields"].items():
        here = f"{path}{name}"
        if name not in schema["properties"]:
            yield f"{here} is missing"
            continue
        old, new = promised(field), facts_of(schema["properties"][name])
        required = name in schema["required"]
        yield from (f"{here} {issue}" for issue in _field_differences(old, new, required, request))
        if old["shape"] and "shape" in new and theirs not in seen:
            below = f"{here}[]." if any(kind.endswith("[]") for kind in new["types"]) else f"{here}."
            yield from differences(
                old["shape"], new["shape"], request=request, path=below, seen=(*seen, theirs)
            )


def _field_differences(old: Json, new: Json, required: bool, request: bool) -> Iterator[str]:
    optional = old.get("optional", False)
    if (request and required == optional) or (not request and not optional and not required):
        yield "is required differently"
    if new["types"] - old["types"] == {"null"}:
        yield "may be null"
    elif not new["types"] <= old["types"] or (request and new["types"] != old["types"]):
        yield f"is {new['types']}, was {old['types']}"
    if "enum" in old and (
        new.get("enum") != old["enum"] if request else not new.get("enum", set()) <= old["enum"]
    ):
        yield "has other values"
    if request:
        yield from (
            f"{limit} is {new.get(limit)}, was {old.get(limit)}"
            for limit in LIMITS
            if (new.get(limit) or 0) != (old.get(limit) or 0)
        )
        if "default" in old and old["default"] != new.get("default"):
            yield "has another default"


def body_schema(carrier: Json) -> str:
    reference: str = carrier["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


def test_the_document_covers_the_wire_contract_but_for_deliberate_differences() -> None:
    found = set()
    for call, promise in CONTRACT["operations"].items():
        method, path = call.split(" ")
        operation = DOCUMENT["paths"][path][method.lower()]
        answer = operation["responses"][str(promise["status"])]
        for kind, carrier in (("request", operation.get("requestBody")), ("response", answer)):
            if kind in promise:
                ours = body_schema(carrier)
                issues = differences(promise[kind][1:], ours, request=kind == "request")
                found |= {f"{call}: {kind} {issue}" for issue in issues}

    assert found == DELIBERATE


@pytest.mark.parametrize(("call", "promise"), CONTRACT["operations"].items(), ids=str)
def test_an_operation_has_the_parameters_body_and_status_of_the_contract(call: str, promise: Json) -> None:
    method, path = call.split(" ")
    operation = DOCUMENT["paths"][path][method.lower()]
    parameters = {f"{parameter['in']}:{parameter['name']}" for parameter in operation.get("parameters", ())}
    successes = [status for status in operation["responses"] if status.startswith("2")]

    assert parameters == set(promise.get("parameters", ()))
    assert ("requestBody" in operation) == ("request" in promise)
    assert successes == [str(promise["status"])]
    assert ("content" in operation["responses"][successes[0]]) == ("response" in promise)


def operations() -> Iterator[tuple[str, Json]]:
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            yield path, operation


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        target: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]

        assert isinstance(target, dict)


def test_every_component_is_used() -> None:
    used = {reference.rpartition("/")[2] for reference in references(DOCUMENT)}

    assert used >= SCHEMAS.keys()


def test_the_document_is_json_of_openapi_3_1() -> None:
    document = json.loads(json.dumps(DOCUMENT, allow_nan=False))

    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= document["info"].keys()


def test_every_operation_is_named_once_tagged_and_says_how_it_is_guarded() -> None:
    names = [operation["operationId"] for _, operation in operations()]
    tags = {tag["name"] for tag in DOCUMENT["tags"]}

    assert len(set(names)) == len(names)
    for _, operation in operations():
        assert set(operation["tags"]) <= tags
        assert all(scheme in DOCUMENT["components"]["securitySchemes"] for (scheme,) in operation["security"])


def test_every_path_parameter_is_declared_required() -> None:
    for path, operation in operations():
        declared = {
            parameter["name"]: parameter["required"]
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "path"
        }

        assert declared == dict.fromkeys(re.findall(r"\{(\w+)\}", path), True)


def test_only_service_operations_can_be_called_without_a_key() -> None:
    open_to_all = {path for path, operation in operations() if not operation["security"]}

    assert open_to_all == {"/v1/health", "/v1/ready", "/docs", "/openapi.json"}


def test_superusers_are_wanted_for_administration_and_for_usage_of_all() -> None:
    guarded = {path for path, operation in operations() if operation["x-access"] == "superuser"}

    assert guarded == {path for path in DOCUMENT["paths"] if "/admin/" in path or "/usage/all/" in path}


def test_every_answer_carries_the_request_id_and_every_error_the_envelope() -> None:
    for path, operation in operations():
        for status, response in operation["responses"].items():
            assert "X-Request-ID" in response["headers"]
            if status.startswith(("4", "5")) and (path, status) != ("/v1/ready", "503"):
                assert body_schema(response) == "ErrorResponse"


def test_errors_stand_under_their_status_with_the_headers_that_go_with_it() -> None:
    responses = DOCUMENT["paths"]["/v1/analyze-bulk"]["post"]["responses"]

    assert set(responses) == {"200", "401", "403", "413", "422", "429", "500", "502", "503", "504"}
    assert "WWW-Authenticate" in responses["401"]["headers"]
    assert "Retry-After" in responses["429"]["headers"]
    for status in responses.keys() - {"200"}:
        codes = re.findall(r"`(\w+)`", responses[status]["description"])
        assert {STATUS_OF_CODE[code] for code in codes} == {int(status)}


def test_every_error_code_has_a_status_and_a_meaning() -> None:
    codes = set(get_args(ErrorCode))

    assert STATUS_OF_CODE.keys() == codes
    assert {error["code"] for error in DOCUMENT["x-errors"]} == codes


@pytest.mark.parametrize("operation", [op for op in OPERATIONS if op.request], ids=lambda op: str(op.path))
def test_the_example_of_a_request_can_be_sent(operation: Operation) -> None:
    described = DOCUMENT["paths"][operation.path][operation.method]
    example = described["requestBody"]["content"]["application/json"]["example"]

    assert operation.request
    decode(json.dumps(example).encode(), operation.request)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: f"{op.method} {op.path}")
def test_the_example_of_an_answer_is_what_its_struct_says(operation: Operation) -> None:
    described = DOCUMENT["paths"][operation.path][operation.method]
    content = described["responses"][str(operation.status)].get("content", {}).get(operation.media_type, {})

    if "example" in content:
        answer = msgspec.convert(content["example"], operation.response)
        assert json.loads(msgspec.json.encode(answer)) == content["example"]


def example_answer(path: str) -> Json:
    response = DOCUMENT["paths"][path]["post"]["responses"]["200"]
    answer: Json = response["content"]["application/json"]["example"]
    return answer


def test_the_pretty_output_of_the_examples_is_that_of_the_core() -> None:
    one, many, analysis = map(example_answer, ("/v1/summarize", "/v1/summarize-bulk", "/v1/analyze-bulk"))

    assert one["pretty_output"] == pretty_summary(
        Summary(
            record_id=one["id"], title=one["title"], text=one["summary"], quality_score=one["quality_score"]
        ),
        None,
    )
    assert many["pretty_output"] == pretty_corpus_summary(
        CorpusSummary(
            record_ids=tuple(many["ids"]),
            title=many["title"],
            text=many["summary"],
            quality_score=many["quality_score"],
        ),
        "French",
    )
    assert analysis["pretty_output"] == pretty_analysis(
        Analysis(
            text=analysis["analysis"],
            quality_score=analysis["quality_score"],
            uncertainty_explanation="",
            record_count=2,
        ),
        "English",
    )
