"""The whole page: navigation, introduction, operations, errors and shapes."""

from __future__ import annotations

from importlib import resources

from qfa_http.docs_page.markup import Html, element, joined, prose
from qfa_http.docs_page.operations import badge, render_operation
from qfa_http.docs_page.shapes import Json, anchor_of, render_shape

_AUTHENTICATION = (
    "Send your API key as `Authorization: Bearer …`. "
    "In the examples, `$QFA_URL` is where this service runs and `$QFA_API_KEY` is your key."
)
_KEYS = (
    "What is not marked as optional has to be sent, and always comes back. "
    "Unknown keys in a body are ignored, but in `metadata` they are refused."
)


def render_docs(document: Json) -> str:
    """Return the page for an OpenAPI document of this project; every text in it is escaped."""
    groups = _grouped(document)
    title = f"{document['info']['title']} {document['info']['version']}"
    head = element(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        element("style", Html(_style())),
    )
    body = element("body", _navigation(document, groups), _main(document, groups))
    return "<!doctype html>\n" + element("html", head, body, lang="en") + "\n"


def _grouped(document: Json) -> dict[str, list[tuple[str, str, Json]]]:
    """Return (path, method, operation) by tag, in the order of the document."""
    groups: dict[str, list[tuple[str, str, Json]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append((path, method, operation))
    return groups


def _navigation(document: Json, groups: dict[str, list[tuple[str, str, Json]]]) -> Html:
    parts = [element("a", document["info"]["title"], href="#top", class_="title")]
    for tag, operations in groups.items():
        links = [
            element("li", element("a", badge(method), " ", path, href=f"#{operation['operationId']}"))
            for path, method, operation in operations
        ]
        parts.append(joined(element("h2", tag), element("ul", *links)))
    shapes = [
        element("li", element("a", name, href=f"#{anchor_of(name)}"))
        for name in document["components"]["schemas"]
    ]
    parts.append(element("h2", element("a", "Errors", href="#errors")))
    parts.append(element("details", element("summary", "Shapes"), element("ul", *shapes)))
    return element("nav", *parts)


def _main(document: Json, groups: dict[str, list[tuple[str, str, Json]]]) -> Html:
    schemas = document["components"]["schemas"]
    descriptions = {tag["name"]: tag["description"] for tag in document["tags"]}
    parts = [_introduction(document)]
    for tag, operations in groups.items():
        parts += [element("h2", tag), element("p", descriptions[tag])]
        parts += [render_operation(*operation, schemas) for operation in operations]
    parts.append(_errors(document))
    parts += [element("h2", "Shapes"), *(render_shape(name, schema) for name, schema in schemas.items())]
    return element("main", *parts)


def _introduction(document: Json) -> Html:
    info = document["info"]
    return joined(
        element("h1", info["title"], " ", element("small", info["version"]), id="top"),
        element("p", prose(info["description"])),
        element("p", prose(_AUTHENTICATION)),
        element("p", prose(_KEYS)),
        element("p", "For programs: ", element("a", "openapi.json", href="openapi.json"), "."),
    )


def _errors(document: Json) -> Html:
    rows = [
        element(
            "tr",
            element("td", element("span", str(error["status"]), class_="status bad")),
            element("td", element("code", error["code"])),
            element("td", prose(error["meaning"])),
        )
        for error in document["x-errors"]
    ]
    head = element("tr", *(element("th", title) for title in ("Status", "Code", "Meaning")))
    return joined(
        element("h2", "Errors", id="errors"),
        element("p", prose("Every error is JSON of the shape "), _link("ErrorResponse"), "."),
        element("table", element("thead", head), element("tbody", *rows), class_="errors"),
    )


def _link(shape: str) -> Html:
    return element("a", shape, href=f"#{anchor_of(shape)}")


def _style() -> str:
    return resources.files("qfa_http.docs_page").joinpath("style.css").read_text("utf-8")
