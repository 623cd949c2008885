"""Changing every string of a parsed answer, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import msgspec

T = TypeVar("T")


def map_strings(value: T, change: Callable[[str], str]) -> T:
    """
    Return *value* with *change* applied to each string in it.

    Walks structs, tuples and lists; anything else is returned as it is.
    """
    if isinstance(value, str):
        return cast("T", change(value))
    if isinstance(value, msgspec.Struct):
        changed = {name: map_strings(getattr(value, name), change) for name in value.__struct_fields__}
        return cast("T", msgspec.structs.replace(value, **changed))
    if isinstance(value, (tuple, list)):
        return cast("T", type(value)(map_strings(item, change) for item in value))
    return value
