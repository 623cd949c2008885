"""The scripts of docs/library.md, run exactly as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import qfa_core
from tests.docs.pages import DOCS, Block, blocks_of, promises, with_outputs

PAGE = DOCS / "library.md"
SCRIPTS = list(with_outputs(blocks_of(PAGE), "python"))
NOTHING_BUT_OURS_AND_MSGSPEC = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in {*sys.stdlib_module_names, "msgspec", "qfa_core", "qfa_adapters"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
"""


def test_ten_lines_are_ten_lines() -> None:
    (ten_lines, _), *_ = SCRIPTS

    assert len([line for line in ten_lines.text.splitlines() if line]) == 10


@pytest.mark.parametrize(("script", "output"), SCRIPTS)
def test_a_script_of_the_page_prints_what_the_page_says(
    script: Block, output: str | None, tmp_path: Path
) -> None:
    (tmp_path / "script.py").write_text(script.text, encoding="utf-8")

    command = [sys.executable, "-W", "error", "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert not done.stderr
    assert output is not None
    assert promises(output, done.stdout)


@pytest.mark.parametrize(("script", "_output"), SCRIPTS)
def test_a_script_of_the_page_runs_on_what_a_plain_install_brings(script: Block, _output: str | None) -> None:
    code = f"{NOTHING_BUT_OURS_AND_MSGSPEC}\n{script.text}\nprint('done')"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.endswith("done\n"), done.stderr


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`([A-Z]\w+)[(`]", PAGE.read_text(encoding="utf-8"))))
)
def test_a_name_that_the_page_speaks_of_exists(name: str) -> None:
    elsewhere = {"DeprecationWarning", "LexiconAnonymizer"}

    assert name in {*qfa_core.__all__, *elsewhere}


@pytest.mark.parametrize("package", ["qfa_core", "qfa_adapters", "qfa_http"])
def test_the_wheel_says_that_its_packages_are_typed(package: str, wheel: Path) -> None:
    assert f"{package}/py.typed" in zipfile.ZipFile(wheel).namelist()
