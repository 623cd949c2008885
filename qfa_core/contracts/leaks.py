"""What an error gives away."""

from __future__ import annotations

from collections.abc import Iterator


def everything_said_by(error: BaseException) -> str:
    """Return all text that *error* carries: its message, arguments, fields, notes, causes and contexts."""
    return "\n".join(f"{each!s} {each!r} {each.args!r} {vars(each)!r}" for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Walk *error* and all that it hangs on, even where a traceback would not show it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        waiting += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
