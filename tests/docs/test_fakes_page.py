"""The examples of docs/testing-with-fakes.md and of the fakes' docstrings, run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import qfa_core.fakes
from tests.docs.pages import DOCS, blocks_of

PAGE = DOCS / "testing-with-fakes.md"
MODULES = sorted(module.name for module in pkgutil.iter_modules(qfa_core.fakes.__path__, "qfa_core.fakes."))
EXAMPLES = [
    test
    for module in MODULES
    for test in doctest.DocTestFinder().find(importlib.import_module(module))
    if test.examples
]


def run(test: doctest.DocTest) -> doctest.TestResults:
    """Run the examples of one namespace; what differs is printed."""
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test)
    return runner.summarize()


def test_the_examples_of_the_page_give_what_it_says() -> None:
    text = "\n".join(block.text for block in blocks_of(PAGE) if block.language == "pycon")

    results = run(doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0))

    assert results.attempted > 30
    assert results.failed == 0


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_example_of_a_fake_gives_what_it_says(example: doctest.DocTest) -> None:
    assert run(example).failed == 0


def test_the_test_of_the_page_passes(tmp_path: Path) -> None:
    [test] = [block for block in blocks_of(PAGE) if block.language == "python"]
    (tmp_path / "test_page.py").write_text(test.text, encoding="utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "passed" in done.stdout, done.stdout
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", qfa_core.fakes.__all__)
def test_every_fake_is_on_the_page(name: str) -> None:
    assert name in PAGE.read_text(encoding="utf-8")
