"""Following a page notices where the page is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.following import follow
from tests.docs.pages import Block


def page(command: str, *outputs: str) -> list[Block]:
    return [Block("sh", command), *(Block("text", output) for output in outputs)]


def test_files_are_written_before_the_commands_that_read_them(tmp_path: Path) -> None:
    shown = Block("python", "# hello.py\nprint('12 passed in 3s')\n")

    assert follow([shown, *page("python3 hello.py", "12 passed in …s\n")], tmp_path) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        page("echo 11 passed", "12 passed"),
        page("echo 112 passed", "12 passed"),
        page("echo 1 failed; echo 12 passed", "12 passed"),
        page("false"),
        page("false; true"),
    ],
)
def test_what_a_page_promises_in_vain_is_noticed(wrong: list[Block], tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        follow(wrong, tmp_path)


@pytest.mark.parametrize("name", ["CI", "BUILD_NUMBER", "LLM_MODEL"])
def test_commands_are_run_as_by_a_reader_not_by_a_build(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1")

    assert follow(page(f"echo [${name}]", "[]"), tmp_path) == 1
