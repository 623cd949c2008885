"""
What is wrong with a parsed JSON value that should have been a wire struct: every fault, in our own words.

msgspec stops at the first fault, and says in its own words what it found. So the structs are read once
more here, through `msgspec.inspect`, and the value is walked along them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from qfa_core.errors import Fault

# Keys are the caller's own text: long enough to be recognised, too short to carry a record.
_MAX_KEY_CHARACTERS = 60


def find_faults(value: object, wire_type: type) -> Iterator[Fault]:
    """
    Yield every fault of *value*, read as *wire_type*, in the order of the struct's fields.

    Yields nothing exactly if msgspec would convert the value. A struct class that holds lists of itself
    says in `max_levels` how deep it may; in a list that is too deep, the first item stands for all.
    """
    return _walk(value, inspect.type_info(wire_type), path="", around=())


def _walk(value: object, info: inspect.Type, *, path: str, around: tuple[type, ...]) -> Iterator[Fault]:
    """Yield the faults of *value*; *around* holds the struct classes that it stands in."""
    match info:
        case inspect.Metadata(type=inner):
            yield from _walk(value, inner, path=path, around=around)
        case inspect.UnionType(types=types):
            if value is not None:
                (other,) = (kind for kind in types if not isinstance(kind, inspect.NoneType))
                yield from _walk(value, other, path=path, around=around)
        case inspect.StructType():
            yield from _walk_struct(value, info, path=path, around=around)
        case inspect.VarTupleType():
            yield from _walk_list(value, info, path=path, around=around)
        case _:
            for issue in _issues(value, info):
                yield Fault(field=path, issue=issue)


def _walk_struct(
    value: object, info: inspect.StructType, *, path: str, around: tuple[type, ...]
) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(field=path or "body", issue="must be an object")
        return
    for field in info.fields:
        here = _member(path, field.encode_name)
        if field.encode_name in value:
            yield from _walk(value[field.encode_name], field.type, path=here, around=(*around, info.cls))
        elif field.required:
            yield Fault(field=here, issue="is required")
    if info.forbid_unknown_fields:
        known = {field.encode_name for field in info.fields}
        for name in (name for name in value if name not in known):
            yield Fault(field=_member(path, name), issue="is not a known field")


def _walk_list(
    value: object, info: inspect.VarTupleType, *, path: str, around: tuple[type, ...]
) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(field=path, issue="must be a list")
        return
    if info.min_length is not None and len(value) < info.min_length:
        yield Fault(field=path, issue=f"must hold at least {_count(info.min_length, 'item')}")
    if value and (levels := _levels_used_up(info.item_type, around)):
        yield Fault(field=f"{path}[0]", issue=f"is more than {_count(levels, 'level')} deep")
        return
    for index, item in enumerate(value):
        yield from _walk(item, info.item_type, path=f"{path}[{index}]", around=around)


def _levels_used_up(item: inspect.Type, around: tuple[type, ...]) -> int | None:
    """Return how many levels *item*'s class may nest in itself, if it stands in that many already."""
    if not isinstance(item, inspect.StructType):
        return None
    max_levels: int | None = getattr(item.cls, "max_levels", None)
    return max_levels if max_levels is not None and around.count(item.cls) >= max_levels else None


def _issues(value: object, info: inspect.Type) -> Iterator[str]:
    match info:
        case inspect.StrType():
            yield from _text_issues(value, info)
        case inspect.IntType():
            yield from _number_issues(value, info, "must be a whole number", (int,))
        case inspect.FloatType():
            yield from _number_issues(value, info, "must be a number", (int, float))
        case inspect.BoolType():
            if not isinstance(value, bool):
                yield "must be true or false"
        case inspect.LiteralType(values=values):
            if value not in values:
                yield f"must be one of: {', '.join(map(str, values))}"
        case _:
            raise TypeError(f"wire structs hold no {type(info).__name__}")


def _text_issues(value: object, info: inspect.StrType) -> Iterator[str]:
    if not isinstance(value, str):
        yield "must be a string"
        return
    if info.min_length is not None and len(value) < info.min_length:
        yield f"must have at least {_count(info.min_length, 'character')}"
    if info.max_length is not None and len(value) > info.max_length:
        yield f"must have at most {_count(info.max_length, 'character')}"
    if info.pattern is not None and not re.search(info.pattern, value):
        yield "holds characters that are not allowed here"


def _number_issues(
    value: Any, info: inspect.IntType | inspect.FloatType, expected: str, kinds: tuple[type, ...]
) -> Iterator[str]:
    if type(value) not in kinds:  # a bool is an int to Python, not to JSON
        yield expected
        return
    if info.ge is not None and value < info.ge:
        yield f"must be at least {info.ge}"
    if info.le is not None and value > info.le:
        yield f"must be at most {info.le}"


def _member(path: str, name: str) -> str:
    shown = name if len(name) <= _MAX_KEY_CHARACTERS else f"{name[:_MAX_KEY_CHARACTERS]}…"
    return f"{path}.{shown}" if path else shown


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
