from __future__ import annotations

import msgspec

from qfa_core.walking import map_strings


class Leaf(msgspec.Struct, frozen=True):
    word: str
    score: float | None = None


class Tree(msgspec.Struct, frozen=True):
    leaves: tuple[Leaf, ...]
    words: list[str]


def test_every_string_is_changed_wherever_it_stands_and_nothing_else() -> None:
    tree = Tree(leaves=(Leaf("a", 0.5), Leaf("b")), words=["c", "d"])

    assert map_strings(tree, str.upper) == Tree(leaves=(Leaf("A", 0.5), Leaf("B")), words=["C", "D"])
    assert map_strings("a", str.upper) == "A"
    assert map_strings(7, str.upper) == 7


def test_what_was_walked_stays_as_it_was() -> None:
    tree = Tree(leaves=(Leaf("a"),), words=["c"])
    map_strings(tree, str.upper)

    assert tree == Tree(leaves=(Leaf("a"),), words=["c"])
