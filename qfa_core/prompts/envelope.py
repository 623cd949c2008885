"""
The tagged envelope in which untrusted text travels to a language model.

Text is escaped once on the way in and unescaped once on the way out, so that nothing a
community member wrote can close its envelope, and nobody reads `O&apos;Brien`.
"""

from __future__ import annotations

import re

import msgspec

_ENTITY = re.compile("&(?:amp|lt|gt|quot|apos|#39|#x27);", re.IGNORECASE)
_CHARACTERS = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&apos;": "'",
    "&#39;": "'",
    "&#x27;": "'",
}
_ATTRIBUTE = re.compile(r'([a-z_]+)="([^"]*)"')


class Enveloped(msgspec.Struct, frozen=True, kw_only=True):
    """What one envelope holds, unescaped."""

    text: str
    attributes: dict[str, str]


def escape(text: str) -> str:
    """Escape the five characters that could end an envelope or an attribute."""
    # The ampersand first, which stands in all the others; seven times as fast as str.translate.
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&apos;")


def unescape(text: str) -> str:
    """Undo `escape` once, in a model's words too; other entities are left alone."""
    return _ENTITY.sub(lambda match: _CHARACTERS[match.group(0).lower()], text)


def envelope(tag: str, text: str, **attributes: str | None) -> str:
    """Wrap *text* in *tag*; attributes that are None or empty are left out."""
    head = tag
    for name, value in attributes.items():
        if value:
            head += f' {name}="{escape(value)}"'
    return f"<{head}>{escape(text)}</{tag}>"


def open_envelopes(tag: str, message: str) -> list[Enveloped]:
    """Return what the envelopes of *tag* in a message of ours hold, in order."""
    found = re.finditer(rf"<{tag}((?: [a-z_]+=\"[^\"]*\")*)>([^<]*)</{tag}>", message)
    return [
        Enveloped(
            text=unescape(match.group(2)),
            attributes={name: unescape(value) for name, value in _ATTRIBUTE.findall(match.group(1))},
        )
        for match in found
    ]
