"""JSON schemas as tables for people."""

from __future__ import annotations

import json
from typing import Any

from qfa_http.docs_page.markup import Html, element, joined, prose

Json = dict[str, Any]

_REF_PREFIX = "#/components/schemas/"
_RANGES = (
    ("minLength", "maxLength", "character"),
    ("minItems", "maxItems", "item"),
    ("minimum", "maximum", ""),
)


def render_shape(name: str, schema: Json) -> Html:
    """Return one named shape with an anchor that `type_label` links to."""
    parts = [element("h3", name, id=anchor_of(name))]
    if description := schema.get("description"):
        parts.append(element("p", prose(description)))
    if schema.get("additionalProperties") is False:
        parts.append(element("p", "Unknown keys are refused.", class_="note"))
    if "properties" in schema:
        parts.append(field_table(schema))
    else:
        parts.append(element("p", type_label(schema), class_="values"))
    return element("section", *parts, class_="shape")


def field_table(schema: Json) -> Html:
    """Return the fields of an object, one a row: name, type, meaning with limits and default."""
    required = schema.get("required", ())
    rows = [_row(name, field, name in required) for name, field in schema["properties"].items()]
    head = element("tr", *(element("th", title) for title in ("Field", "Type", "Meaning")))
    return element("table", element("thead", head), element("tbody", *rows))


def type_label(schema: Json) -> Html:
    """Return a schema's type in a few words, with links to named shapes."""
    if "$ref" in schema:
        name = name_of(schema)
        return element("a", name, href=f"#{anchor_of(name)}")
    if "anyOf" in schema:
        return _alternatives([type_label(part) for part in schema["anyOf"]])
    if "enum" in schema:
        return _alternatives([element("code", str(value)) for value in schema["enum"]])
    if schema.get("type") == "array":
        return joined("list of ", type_label(schema["items"]))
    return joined(schema.get("type", "any"), f" ({schema['format']})" if "format" in schema else "")


def name_of(reference: Json) -> str:
    """Return the name of the shape that a `$ref` leads to."""
    return str(reference["$ref"]).removeprefix(_REF_PREFIX)


def anchor_of(name: str) -> str:
    """Return the id of a named shape on the page."""
    return f"shape-{name}"


def _row(name: str, field: Json, required: bool) -> Html:
    marks = [element("code", name)]
    if not required:
        marks.append(element("span", "optional", class_="mark"))
    if field.get("deprecated"):
        marks.append(element("span", "deprecated", class_="mark"))
    meaning = [element("div", prose(field.get("description", "")))]
    if notes := _notes(field):
        meaning.append(element("div", "; ".join(notes), class_="limits"))
    return element("tr", element("td", *marks), element("td", type_label(field)), element("td", *meaning))


def _notes(field: Json) -> list[str]:
    """Return limits and default, also those of the one alternative to null."""
    notes = []
    for part in (field, *field.get("anyOf", ())):
        notes += [
            _range(part.get(low), part.get(high), noun)
            for low, high, noun in _RANGES
            if {low, high} & {*part}
        ]
        notes += [f"pattern {part['pattern']}"] if "pattern" in part else []
    default = field.get("default")
    if default not in (None, {}, (), []):
        notes.append(f"default {json.dumps(default)}")
    return notes


def _range(low: int | None, high: int | None, noun: str) -> str:
    limit = high if high is not None else low
    unit = f" {noun}{'' if limit == 1 else 's'}" if noun else ""
    if low is None:
        return f"at most {high}{unit}"
    return f"at least {low}{unit}" if high is None else f"{low} to {high}{unit}"


def _alternatives(labels: list[Html]) -> Html:
    return Html(" | ".join(labels))
