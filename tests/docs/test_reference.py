"""docs/reference.md is what the source says, and leaves no public name out."""

from __future__ import annotations

import builtins
import collections.abc
import inspect
import re
import typing

import pytest

import qfa_core
from docs.reference import PAGE, page

TEXT = PAGE.read_text(encoding="utf-8")
CODE = "\n".join(re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
FROM_PYTHON = {*dir(builtins), *dir(typing), *collections.abc.__all__}
BETWEEN_USE_CASES = {"Prose", "Verdict"}  # LLMCalls hands them to use cases, which show them to nobody


def test_the_reference_is_current() -> None:
    assert page() == TEXT, "python docs/reference.py writes it anew"


def test_every_public_name_has_its_place_in_the_reference() -> None:
    assert sorted(re.findall(r"^#### (\w+)$", TEXT, re.MULTILINE)) == sorted(qfa_core.__all__)


@pytest.mark.parametrize("name", qfa_core.__all__)
def test_a_public_name_says_what_it_is(name: str) -> None:
    docstring = inspect.getdoc(getattr(qfa_core, name))

    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":", ";", ","))


def test_whatever_a_public_signature_names_is_public_itself() -> None:
    named = {name for name in re.findall(r"(?<![\w.\"])([A-Z]\w+)(?![\w\"])", CODE) if not name.isupper()}
    aliases = set(re.findall(r"^(\w+)(?:: TypeAlias)? = ", CODE, re.MULTILINE))

    assert named - {*qfa_core.__all__, *aliases, *FROM_PYTHON, *BETWEEN_USE_CASES} == set()
