"""Words that stay where they are words, and go where they are names, in seven languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Find = Callable[[str], list[tuple[str, str]]]
HERE = Path(__file__).parent


def lines_of(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("sentence", lines_of("ordinary_words.txt"))
def test_words_in_ordinary_use_stay(find: Find, sentence: str) -> None:
    assert find(sentence) == []


@pytest.mark.parametrize("line", lines_of("words_that_are_names.txt"))
def test_the_same_words_go_where_they_are_names(find: Find, line: str) -> None:
    sentence, name = line.split("\t")

    assert find(sentence) == [(name, "PERSON")]
