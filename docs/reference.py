"""
Write docs/reference.md: every public name of `qfa_core`, from its signature and docstring.

    python docs/reference.py

Reads the source rather than the objects, so that the page is the same under every version of Python.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import qfa_core

PAGE = Path(__file__).with_suffix(".md")
INTRODUCTION = """\
# Reference

Every public name of `qfa_core`. Import them from there: `from qfa_core import Ask`. The modules below say
where a name lives, and may change. [library.md](library.md) tells how to use them, and what they promise.

*Made from the source by `python docs/reference.py`; a test fails when it is out of date.*
"""
SECTIONS = {
    "use_cases": "Use cases",
    "ports": "Ports",
    "errors": "Errors",
    "": "Structs and functions",
}
_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_KINDS_OF_ALIAS = ("Literal[", "Callable[", "tuple[")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def page() -> str:
    """Return the whole page."""
    sections: dict[str, list[str]] = defaultdict(list)
    contents: dict[str, list[str]] = defaultdict(list)
    for module, names in _names_by_module().items():
        parts = module.__name__.split(".")
        section = SECTIONS[parts[1] if parts[1] in SECTIONS else ""]
        sections[section].append("\n".join(_module(module, names)))
        contents[section] += [f"[{name}](#{name.lower()})" for name in names]
    order = [title for title in SECTIONS.values() if title in sections]
    index = "\n".join(f"- **{title}**: {', '.join(contents[title])}" for title in order)
    body = "\n".join(f"## {title}\n\n" + "\n".join(sections[title]) for title in order)
    return f"{INTRODUCTION}\n{index}\n\n{body}"


def _names_by_module() -> Mapping[ModuleType, Sequence[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for name in qfa_core.__all__:
        names[getattr(qfa_core, name).__module__].append(name)
    return {sys.modules[module]: names[module] for module in sorted(names)}


def _module(module: ModuleType, names: Sequence[str]) -> Iterator[str]:
    source = inspect.getsource(module)
    tree = ast.parse(source)
    yield f"### {module.__name__}\n\n{_docstring(tree)}\n"
    if aliases := list(_aliases(tree, source)):
        yield _code(*aliases)
    for node in tree.body:
        if isinstance(node, _DEFINITIONS) and node.name in names:
            yield f"#### {node.name}\n"
            yield from _class(node, source) if isinstance(node, ast.ClassDef) else _function(node, source)


def _aliases(tree: ast.Module, source: str) -> Iterator[str]:
    """Yield the types that signatures name though they are no classes."""
    for node in tree.body:
        text = ast.get_source_segment(source, node) or ""
        is_declared = isinstance(node, ast.AnnAssign) and "TypeAlias" in text
        is_alias = isinstance(node, ast.Assign) and text.partition(" = ")[2].startswith(_KINDS_OF_ALIAS)
        if (is_declared or is_alias) and not text.startswith("_"):
            yield text


def _class(node: ast.ClassDef, source: str) -> Iterator[str]:
    methods = [child for child in node.body if isinstance(child, Function) and _is_public(child)]
    lines = [_header(node, source)]
    lines += [f"    {text}" for text in _attributes(node, source)]
    for method in methods:
        lines += [f"    @{ast.unparse(decorator)}" for decorator in method.decorator_list]
        lines.append(f"    {_header(method, source)}")
    yield _code(*lines)
    yield f"{_docstring(node)}\n"
    for method in methods:
        if text := _docstring(method):
            yield f"`{method.name}`: {text}\n"


def _function(node: Function, source: str) -> Iterator[str]:
    yield _code(_header(node, source))
    yield f"{_docstring(node)}\n"


def _is_public(method: Function) -> bool:
    """Whether callers see *method*: no helper, no dunder but for making and calling, no mere overload."""
    is_overload = any(ast.unparse(decorator) == "overload" for decorator in method.decorator_list)
    return not is_overload and (method.name in ("__init__", "__call__") or not method.name.startswith("_"))


def _attributes(node: ast.ClassDef, source: str) -> Iterator[str]:
    for child in node.body:
        if isinstance(child, ast.Assign | ast.AnnAssign):
            text = ast.get_source_segment(source, child) or ""
            if not text.startswith("_"):
                yield text


def _header(node: ast.ClassDef | Function, source: str) -> str:
    """Return what stands before the body, as it is written, without the colon."""
    lines = source.splitlines()[node.lineno - 1 : node.body[0].lineno - 1]
    return "\n".join(lines).strip().removesuffix(":")


def _docstring(node: ast.Module | ast.ClassDef | Function) -> str:
    """Return the docstring as Markdown: examples in fences, the rest as it is."""
    paragraphs = (ast.get_docstring(node) or "").split("\n\n")
    return "\n\n".join(_code(text).rstrip() if text.startswith(">>>") else text for text in paragraphs)


def _code(*lines: str) -> str:
    text = "\n".join(lines)
    return f"```python\n{text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
