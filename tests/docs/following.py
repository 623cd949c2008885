"""Following a page to the letter: write its files, run its commands, compare what they print."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.docs.pages import Block, promises, with_outputs

_FILE = "# "
_OURS = ("PYTHON", "PYTEST", "VIRTUAL_ENV", "QFA_", "LLM_", "AUTH_", "DB_")  # what no reader has set
_OF_A_BUILD = ("CI", "BUILD_NUMBER")  # where these are set, pytest cuts no line to the width of a terminal


def file_name(block: Block) -> str | None:
    """Return the name that a block of code gives itself in its first line."""
    first = block.text.partition("\n")[0]
    is_file = block.language == "python" and first.startswith(_FILE) and first.endswith(".py")
    return first.removeprefix(_FILE) if is_file else None


def follow(blocks: list[Block], folder: Path, **variables: str) -> int:
    """
    Do in *folder* what a reader would, and return how many commands printed what the page says.

    Each file that is shown is written, each command run in turn. Raises AssertionError where one prints
    anything else or, where the page is silent on that, fails.
    """
    kept = 0
    for block, output in with_outputs(blocks, "python", "sh"):
        if name := file_name(block):
            (folder / name).write_text(block.text, encoding="utf-8")
        elif block.language == "sh":
            done = _run(block.text, folder, variables)
            is_well = done.returncode == 0 if output is None else promises(output, done.stdout)
            assert is_well, f"{block.text}\n{done.stdout}"
            kept += output is not None
    return kept


def _run(commands: str, folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run *commands* as somebody who stands in *folder*, with this Python as `python3`."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OURS) and name not in _OF_A_BUILD
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**inherited, "PATH": path, "COLUMNS": "80", **variables}
    shell = ["bash", "-e", "-o", "pipefail", "-c", commands]
    return subprocess.run(
        shell,
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
