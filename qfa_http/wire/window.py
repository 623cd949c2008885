"""The query parameters `from` and `to`."""

from __future__ import annotations

import datetime as dt
import re

from qfa_core.errors import Fault, InvalidInput

# In a query string, `+` means a space: `…T00:00:00+02:00` that nobody escaped arrives with a space in it.
_LOST_PLUS = re.compile(r"^(\S+[Tt ]\S+) (\d\S*)$")


def decode_window(since: str | None, until: str | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    """
    Read the window of a usage query, None for a bound that was not given; the times are in UTC.

    Raises InvalidInput naming `from` and `to` where they are unreadable, lack a time zone, or end
    the window before it began.
    """
    faults: list[Fault] = []
    start, end = _read("from", since, faults), _read("to", until, faults)
    if start and end and end <= start:
        faults.append(Fault(field="to", issue="must be later than `from`"))
    if faults:
        raise InvalidInput(*faults)
    return start, end


def _read(field: str, text: str | None, faults: list[Fault]) -> dt.datetime | None:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        faults.append(Fault(field=field, issue="must be an ISO 8601 date-time"))
    else:
        faults.append(Fault(field=field, issue="must have a time zone, such as Z or +02:00"))
    return None
