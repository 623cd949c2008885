"""One operation of the API as a section of the page."""

from __future__ import annotations

import json
from typing import Any

from qfa_http.docs_page.markup import Html, element, joined, prose
from qfa_http.docs_page.shapes import Json, field_table, name_of

_ACCESS = {
    "anyone": "no key needed",
    "key": "any API key",
    "superuser": "a superuser's API key",
}


def render_operation(path: str, method: str, operation: Json, shapes: Json) -> Html:
    """Return how to call an operation, what comes back, and how it may fail."""
    parts = [
        element("h3", badge(method), " ", element("code", path), class_="call"),
        element("p", operation["summary"], class_="summary"),
        element("p", "Who may call: ", element("strong", _ACCESS[operation["x-access"]]), class_="note"),
    ]
    if description := operation.get("description"):
        parts.append(element("p", prose(description)))
    parts += _request(operation, shapes)
    parts += [element("h4", "Call"), _curl(path, method, operation)]
    parts += _success(operation, shapes)
    parts.append(_failures(operation["responses"]))
    return element("section", *parts, id=operation["operationId"], class_="operation")


def badge(method: str) -> Html:
    """Return a method as a coloured badge."""
    return element("span", method.upper(), class_=f"method {method}")


def _request(operation: Json, shapes: Json) -> list[Html]:
    parts = []
    if parameters := operation.get("parameters"):
        parts += [element("h4", "Parameters"), _parameter_table(parameters)]
    if body := _json_body(operation.get("requestBody", {})):
        parts += [element("h4", "Request body"), field_table(shapes[name_of(body["schema"])])]
        parts += _example(body)
    return parts


def _parameter_table(parameters: list[Json]) -> Html:
    return field_table(
        {
            "required": [parameter["name"] for parameter in parameters if parameter["required"]],
            "properties": {
                parameter["name"]: {**parameter["schema"], "description": _place_and_meaning(parameter)}
                for parameter in parameters
            },
        }
    )


def _place_and_meaning(parameter: Json) -> str:
    place = f"In the {parameter['in']}."
    return f"{place} {parameter['description']}" if "description" in parameter else place


def _success(operation: Json, shapes: Json) -> list[Html]:
    status, response = next(iter(operation["responses"].items()))
    parts = [element("h4", "Answer ", element("span", status, class_="status ok"))]
    content = next(iter(response.get("content", {}).items()), None)
    if content is None:
        return [*parts, element("p", "Empty.", class_="note")]
    media_type, body = content
    if "$ref" not in body["schema"]:
        return [*parts, element("p", element("code", media_type), class_="note")]
    return [*parts, field_table(shapes[name_of(body["schema"])]), *_example(body)]


def _failures(responses: Json) -> Html:
    rows = [
        element("li", element("span", status, class_="status bad"), " ", prose(response["description"]))
        for status, response in responses.items()
        if not status.startswith("2")
    ]
    return joined(element("h4", "Errors"), element("ul", *rows, class_="failures"))


def _example(body: Json) -> list[Html]:
    if "example" not in body:
        return []
    text = json.dumps(body["example"], indent=2, ensure_ascii=False)
    return [element("details", element("summary", "Example"), element("pre", element("code", text)))]


def _curl(path: str, method: str, operation: Json) -> Html:
    lines = [f'curl "$QFA_URL{path}"']
    if method not in ("get", "post"):
        lines[0] += f" --request {method.upper()}"
    if operation["security"]:
        lines.append('--header "Authorization: Bearer $QFA_API_KEY"')
    if body := _json_body(operation.get("requestBody", {})):
        lines += ['--header "Content-Type: application/json"', f"--data {_quoted(body['example'])}"]
    return element("pre", element("code", " \\\n  ".join(lines)), class_="curl")


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return "'" + text.replace("'", "'\\''") + "'"


def _json_body(carrier: Json) -> Json:
    body: Json = carrier.get("content", {}).get("application/json", {})
    return body
