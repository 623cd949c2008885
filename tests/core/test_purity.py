"""What importing the core costs and needs: the standard library and msgspec, and next to no time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import qfa_core

ALLOWED_MILLISECONDS = 60
RUNS = 5
EVERY_NAME = "import qfa_core\nfor name in qfa_core.__all__: getattr(qfa_core, name)\n"
# msgspec itself takes typing_extensions if it is there: what counts is what can be done without.
NOTHING_BUT_MSGSPEC = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in {*sys.stdlib_module_names, "msgspec", "qfa_core"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
"""


def in_a_fresh_interpreter(code: str) -> str:
    """Run *code* in a process that has loaded nothing yet, and return what it printed."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def names_for_type_checkers() -> set[str]:
    """Return the names that `qfa_core/__init__.py` imports for type checkers."""
    tree = ast.parse(Path(qfa_core.__file__).read_text(encoding="utf-8"))
    imports = [node for block in tree.body if isinstance(block, ast.If) for node in block.body]
    return {name.name for node in imports if isinstance(node, ast.ImportFrom) for name in node.names}


@pytest.mark.parametrize("code", ["import qfa_core\n", EVERY_NAME, "import qfa_core.fakes\n"])
def test_the_core_needs_the_standard_library_and_msgspec_and_nothing_else(code: str) -> None:
    assert in_a_fresh_interpreter(f"{NOTHING_BUT_MSGSPEC}{code}print('loaded')").strip() == "loaded"


def test_importing_the_core_takes_next_to_no_time() -> None:
    code = (
        "from time import perf_counter as now; start = now(); import qfa_core; print((now() - start) * 1000)"
    )

    assert min(float(in_a_fresh_interpreter(code)) for _ in range(RUNS)) < ALLOWED_MILLISECONDS


def test_the_public_names_are_sorted_listed_once_and_all_there() -> None:
    assert qfa_core.__all__ == sorted(set(qfa_core.__all__))
    assert names_for_type_checkers() - {"TYPE_CHECKING"} == set(qfa_core.__all__)
    for name in qfa_core.__all__:
        assert getattr(qfa_core, name).__name__ == name


def test_a_star_import_brings_every_public_name() -> None:
    code = "from qfa_core import *\nimport qfa_core\nprint(set(qfa_core.__all__) <= set(globals()))"

    assert in_a_fresh_interpreter(code).strip() == "True"


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nonsense"):
        qfa_core.Nonsense  # type: ignore[attr-defined]  # noqa: B018 - that it is not there is the point


def test_the_public_names_can_be_listed_before_they_are_loaded() -> None:
    code = "import qfa_core; print(set(qfa_core.__all__) <= set(dir(qfa_core)))"

    assert in_a_fresh_interpreter(code).strip() == "True"
