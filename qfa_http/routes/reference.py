"""The API reference, made once and served without internet access."""

from __future__ import annotations

import functools

import msgspec
from litestar import MediaType, Response, get

from qfa_http.docs_page import render_docs
from qfa_http.openapi import openapi_document


@functools.cache
def _document() -> bytes:
    return msgspec.json.encode(openapi_document())


@functools.cache
def _page() -> str:
    return render_docs(openapi_document())


@get("/openapi.json")
async def openapi_json() -> Response[bytes]:
    """Return the OpenAPI 3.1 document."""
    return Response(_document(), media_type=MediaType.JSON)


@get("/docs")
async def docs() -> Response[str]:
    """Return the reference as a page for people."""
    return Response(_page(), media_type=MediaType.HTML)


HANDLERS = (openapi_json, docs)
