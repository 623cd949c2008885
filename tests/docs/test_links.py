"""What our pages point to exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

PAGES = sorted([*DOCS.rglob("*.md"), DOCS.parent / "examples" / "README.md"])


def links() -> Iterator[tuple[Path, str]]:
    """Yield each page and each file or heading of ours that it points to."""
    for page in PAGES:
        for target in sorted(
            set(re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")))
        ):
            yield page, target


def anchors_of(page: Path) -> set[str]:
    """Return what headings are called in addresses: small letters, hyphens, no marks."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("page", "target"), list(links()), ids=lambda value: getattr(value, "name", value))
def test_what_a_page_points_to_exists(page: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    file = (page.parent / name) if name else page

    assert file.exists()
    assert not anchor or file.suffix != ".md" or anchor in anchors_of(file)
