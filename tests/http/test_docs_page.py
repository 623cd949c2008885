from __future__ import annotations

import html.parser
import re
from copy import deepcopy
from typing import Any

from qfa_http.docs_page import render_docs
from qfa_http.openapi import openapi_document

DOCUMENT = openapi_document()
PAGE = render_docs(DOCUMENT)
VOID_ELEMENTS = {"meta"}


class Reader(html.parser.HTMLParser):
    """Read a page into its elements, and complain about one that is not closed in its place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attrs in self.elements if (value := attrs.get(attribute)) is not None]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    reader = Reader(PAGE)

    assert not reader.values("src")
    assert not {"script", "link", "iframe", "img"} & {tag for tag, _ in reader.elements}
    assert {link for link in reader.values("href") if not link.startswith("#")} == {"openapi.json"}
    assert not re.search(r"https?:|@import|url\(", PAGE)


def test_the_page_is_well_formed_and_every_link_leads_to_an_element() -> None:
    reader = Reader(PAGE)
    anchors = reader.values("id")

    assert not reader.open
    assert len(set(anchors)) == len(anchors)
    assert {link[1:] for link in reader.values("href") if link.startswith("#")} <= set(anchors)


def test_every_operation_shape_and_error_is_on_the_page() -> None:
    reader = Reader(PAGE)
    text = "".join(reader.text)

    for path, methods in DOCUMENT["paths"].items():
        assert path in text
        assert {operation["operationId"] for operation in methods.values()} <= set(reader.values("id"))
    assert {f"shape-{name}" for name in DOCUMENT["components"]["schemas"]} <= set(reader.values("id"))
    assert all(
        error["code"] in text and error["meaning"].split("`")[0] in text for error in DOCUMENT["x-errors"]
    )


def test_a_field_shows_its_type_limits_default_and_whether_it_may_be_left_out() -> None:
    text = "".join(Reader(PAGE).text)

    assert "promptstringThe analyst's question.1 to 4000 characters" in text
    assert "max_codesoptionalintegerHow many codes to assign at most.1 to 50; default 1" in text
    assert "feedback_recordslist of FeedbackRecordat least 1 item" in text
    assert "feedback_record_idoptionaldeprecatedstring | null" in text
    assert "periodoptionalday | month | week | null" in text


def test_a_call_can_be_pasted_into_a_shell() -> None:
    document = with_summary("x", example={"feedback_record": {"id": "1", "content": "It's dry"}})

    text = "".join(Reader(render_docs(document)).text)

    assert (
        'curl "$QFA_URL/v1/summarize" \\\n  --header "Authorization: Bearer $QFA_API_KEY" \\\n'
        '  --header "Content-Type: application/json" \\\n'
        """  --data '{"feedback_record": {"id": "1", "content": "It'\\''s dry"}}'"""
    ) in text
    assert 'curl "$QFA_URL/v1/admin/keys/{key_id}" --request DELETE \\\n' in text


def with_summary(summary: str, *, example: Any = None) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    operation = document["paths"]["/v1/summarize"]["post"]
    operation["summary"] = operation["description"] = summary
    operation["requestBody"]["content"]["application/json"]["example"] = example
    return document


def test_text_of_the_document_is_never_taken_for_markup() -> None:
    hostile = "</pre><script>alert('`<b>`')</script>"

    reader = Reader(render_docs(with_summary(hostile, example={"a": hostile})))

    assert not {"script", "b"} & {tag for tag, _ in reader.elements}
    assert not reader.open
    assert hostile in "".join(reader.text)
