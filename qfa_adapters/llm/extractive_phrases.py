"""
Regular expressions that find any of many phrases quickly.

An alternation of a thousand phrases is tried phrase by phrase wherever a word begins; where phrases share
their beginnings, only one branch a character is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

_Tree: TypeAlias = "dict[str, _Tree]"
_END = ""


def any_of(phrases: Iterable[str]) -> str:
    """Return an expression that matches any of *phrases*, in which `*` stands for more of a word."""
    tree: _Tree = {}
    for phrase in phrases:
        node = tree
        for character in (*phrase, _END):
            node = node.setdefault(character, {})
    return _expression(tree)


def _expression(tree: _Tree) -> str:
    branches = [_token(character) + _expression(rest) for character, rest in tree.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})" if branches else ""


def _token(character: str) -> str:
    return r"\w*" if character == "*" else re.escape(character)
