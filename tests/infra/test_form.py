"""That the configuration has the form of `terraform fmt`, and scripts that of ShellCheck."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from tests.infra.configuration import INFRA, ROOT

CONFIGURATION = [*INFRA.rglob("*.tf"), *INFRA.rglob("*.tfvars")]
TERRAFORM = shutil.which("terraform")

_ARGUMENT = re.compile(r"^( *)([\w-]+)( +)= (?![\[{(]$|.*[\[{(]$)")


def scripts() -> list[str]:
    """Return every script of the repository."""
    tops = [top for top in ROOT.iterdir() if not top.name.startswith(".") or top.name in (".ci", ".github")]
    found = [ROOT / ".ci" / "run", *(path for top in tops for path in (*top.glob("**/*.sh"), top))]
    names = {str(path.relative_to(ROOT)) for path in found if path.suffix == ".sh" or path.name == "run"}
    return sorted(name for name in names if "node_modules" not in name)


def misaligned(text: str) -> list[str]:
    """Return lines whose `=` is not below that of their neighbours, where both are arguments on one line."""
    found = []
    lines = [(line, _ARGUMENT.match(line)) for line in text.splitlines()]
    for indentation, group in groupby(lines, key=lambda pair: pair[1] and pair[1][1]):
        if indentation is not None:
            arguments = [(line, match) for line, match in group if match]
            column = max(len(match[2]) for _, match in arguments) + 1
            found += [line for line, match in arguments if len(match[2] + match[3]) != column]
    return found


def misplaced(text: str) -> list[str]:
    """Return lines that are not indented by two spaces for each bracket that is open."""
    found, depth = [], 0
    for line in text.splitlines():
        bare = re.sub(r'"(?:\\.|[^"\\])*"|#.*', "", line).strip()
        closing = len(re.match(r"[\]})]*", bare)[0])  # type: ignore[index]  # it matches nothing at the least
        if line.strip() and len(line) - len(line.lstrip()) != 2 * (depth - bool(closing)):
            found.append(line)
        opened = len(re.findall(r"[\[{(]", bare)) - len(re.findall(r"[\]})]", bare))
        depth += (opened > 0) - (opened < 0)
    return found


@pytest.mark.skipif(
    shutil.which("terraform") is None, reason="there is no terraform here; the next tests stand in"
)
def test_terraform_would_format_nothing() -> None:
    ended = subprocess.run(
        [TERRAFORM, "fmt", "-check", "-diff", "-recursive", INFRA],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("path", CONFIGURATION, ids=lambda path: path.name)
def test_the_configuration_is_indented_and_aligned_as_terraform_does_it(path: Path) -> None:
    text = path.read_text()

    assert misplaced(text) == []
    assert misaligned(text) == []
    assert not re.search(r"\t|[ \t]$|\n\n\n|\n\Z\n", text, re.MULTILINE)
    assert text.endswith("}\n") or path.suffix == ".tfvars"


def test_what_is_out_of_form_is_found() -> None:
    assert misaligned("a = 1\nlonger = 2\n") == ["a = 1"]
    assert misplaced("b {\n   a = 1\n}\n") == ["   a = 1"]


@pytest.mark.parametrize("script", scripts())
def test_shellcheck_finds_nothing_in_a_script(script: str) -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")

    ended = subprocess.run([shellcheck, ROOT / script], capture_output=True, text=True, timeout=60)

    assert ended.returncode == 0, ended.stdout
