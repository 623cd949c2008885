"""What a provider's content filter found, told apart from all else that it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from qfa_core.errors import FilterCategory

_CATEGORIES: Mapping[str, FilterCategory] = {name: name for name in get_args(FilterCategory)}
_DEEPEST = 6


def filter_categories(reply: object) -> tuple[FilterCategory, ...]:
    """
    Return the categories that *reply*, a decoded body, says were found, sorted; names that we know alone.

    Azure puts them at different depths, for a prompt and for an answer, and writes `self-harm` too.
    """
    return tuple(sorted(set(_found(reply, _DEEPEST))))


def _found(value: object, depth: int) -> Iterator[FilterCategory]:
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _found(item, depth - 1)
    elif isinstance(value, dict):
        for name, result in value.items():
            category = _CATEGORIES.get(str(name).lower().replace("-", "_"))
            if category and isinstance(result, dict) and (result.get("filtered") or result.get("detected")):
                yield category
            yield from _found(result, depth - 1)
