"""Reading our own pages: their blocks of code, and what they promise these print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

DOCS = Path(__file__).parents[2] / "docs"
ELLIPSIS = "…"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(msgspec.Struct, frozen=True):
    """A fenced block: its language, and the text between the fences."""

    language: str
    text: str


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of *page* in order."""
    return [Block(*match.groups()) for match in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def with_outputs(blocks: list[Block], *languages: str) -> Iterator[tuple[Block, str | None]]:
    """Yield the blocks in one of *languages*, each with the `text` block that follows it, if one does."""
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language in languages:
            yield block, after.text if after and after.language == "text" else None


def promises(expected: str, printed: str) -> bool:
    """Whether *printed* is what a page says, with any text where it says …"""
    pieces = (re.escape(piece) for piece in expected.strip().split(ELLIPSIS))
    return re.fullmatch(".*?".join(pieces), printed.strip(), re.DOTALL) is not None
