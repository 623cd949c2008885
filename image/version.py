"""The version of a build: what `/v1/ready` says, so that a roll-out can wait for it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "qfa_core" / "__init__.py"
_ASSIGNMENT = re.compile(r'^__version__ = "([^"+]+)[^"]*"$', re.MULTILINE)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.]*(\+[0-9A-Za-z.]+)?")
_REVISION = re.compile(r"[0-9a-f]{12,40}")


def version_of(revision: str, source: str) -> str:
    """Return the version of *source*, marked with the first twelve digits of its commit."""
    if not _REVISION.fullmatch(revision):
        raise ValueError("a revision is 12 to 40 hexadecimal digits")
    return f"{_assignment(source)[1]}+g{revision[:12]}"


def stamped(source: str, version: str) -> str:
    """Return *source* with *version* in the place of its own."""
    if not _VERSION.fullmatch(version):
        raise ValueError("a version is like 1.2.3 or 1.2.3+gabc")
    start, end = _assignment(source).span()
    return f'{source[:start]}__version__ = "{version}"{source[end:]}'


def _assignment(source: str) -> re.Match[str]:
    found = _ASSIGNMENT.search(source)
    if found is None:
        raise ValueError("the source assigns no __version__")
    return found


def main(arguments: list[str]) -> None:
    """Print the version of a commit (`of REVISION`), or write one into the source (`stamp VERSION`)."""
    match arguments:
        case ["of", revision]:
            sys.stdout.write(f"{version_of(revision, SOURCE.read_text('utf-8'))}\n")
        case ["stamp", version]:
            SOURCE.write_text(stamped(SOURCE.read_text("utf-8"), version), "utf-8")
        case _:
            sys.exit("usage: version.py of REVISION | stamp VERSION")


if __name__ == "__main__":
    main(sys.argv[1:])
