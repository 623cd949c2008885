"""HTML that cannot be written unescaped by mistake."""

from __future__ import annotations

import html
import re

_CODE = re.compile(r"`([^`]+)`")


class Html(str):
    """Text that is markup already; any other string is text, and is escaped."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str) -> Html:
    """Return an element; an attribute named after a Python keyword takes a trailing `_` (`class_`)."""
    opening = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{opening}>{joined(*content)}</{name}>")


def joined(*content: str) -> Html:
    """Return pieces of text and markup as one piece of markup."""
    return Html("".join(piece if isinstance(piece, Html) else html.escape(piece) for piece in content))


def prose(text: str) -> Html:
    """Return a description, with what stands between backticks as code."""
    return Html(_CODE.sub(r"<code>\1</code>", html.escape(text)))
