"""What SQLAlchemy and the drivers raise, in words of the core."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from qfa_core.errors import Conflict, InvalidInput, QFAError, StoreUnavailable

_logger = logging.getLogger("qfa.store")

# The first row that fits counts. What has no row is a mistake in this package and rises as it is.
TRANSLATIONS: tuple[tuple[type[Exception], type[QFAError]], ...] = (
    (exc.IntegrityError, Conflict),
    (exc.DataError, InvalidInput),
    (UnicodeError, InvalidInput),  # half a surrogate pair
    (OverflowError, InvalidInput),  # a whole number of more than 64 bits
    (exc.DBAPIError, StoreUnavailable),
    (exc.DisconnectionError, StoreUnavailable),
    (exc.TimeoutError, StoreUnavailable),  # no connection of the pool came free
    (sqlite3.Error, StoreUnavailable),  # while the embedded store's file is made
    (OSError, StoreUnavailable),
)


def translation(error: Exception) -> type[QFAError] | None:
    """Return what *error* means to a caller, None for a mistake in this package."""
    return next((meaning for kind, meaning in TRANSLATIONS if isinstance(error, kind)), None)


@contextmanager
def translated(unavailable: type[StoreUnavailable]) -> Iterator[None]:
    """
    Raise errors of the core instead of foreign ones; *unavailable* is what an outage is called here.

    The foreign error is cut off: its message may quote statements and values.
    """
    try:
        yield
    except tuple(kind for kind, _ in TRANSLATIONS) as error:
        meaning = translation(error) or StoreUnavailable
        if meaning is StoreUnavailable:
            meaning = unavailable
            _logger.warning("The database could not be used: %s.", type(error).__name__)
        raise meaning from None
