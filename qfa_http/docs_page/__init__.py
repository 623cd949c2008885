"""The API reference as one HTML page that needs no script, no font and no network."""

from qfa_http.docs_page.page import render_docs

__all__ = ["render_docs"]
