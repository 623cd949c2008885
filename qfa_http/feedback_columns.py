"""Which column of somebody's table holds what of a feedback record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from qfa_core.feedback import FeedbackRecord, parse_created

_SHOWN_COLUMNS = 20
_SHOWN_CHARACTERS = 40

# The names under which exports of CRMs, Kobo and the IFRC feedback kit carry each field, likeliest first.
_COMMON_NAMES: Mapping[str, tuple[str, ...]] = {
    "content": (
        *("content", "text", "feedback", "comment", "message", "feedback text", "feedback content"),
        *(
            "feedback comment",
            "comments",
            "verbatim",
            "description",
            "commentaire",
            "comentario",
            "texte",
            "texto",
        ),
    ),
    "id": ("id", "record id", "feedback id", "feedback record id", "uuid"),
    "created": (
        *("created", "created at", "date", "created on", "date created", "feedback date", "timestamp"),
        *("submission time", "fecha"),
    ),
    "coding_level_1": ("coding level 1", "level 1", "code level 1", "type", "feedback type"),
    "coding_level_2": ("coding level 2", "level 2", "code level 2", "category", "feedback category"),
    "coding_level_3": ("coding level 3", "level 3", "code level 3", "code", "feedback code"),
}


class FeedbackFileError(Exception):
    """A file of feedback that cannot be used; one line that says why and quotes no record."""


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """The column of each field of a record; None where common names are to be tried, or none was found."""

    content: str | None = None
    id: str | None = None
    created: str | None = None
    coding_level_1: str | None = None
    coding_level_2: str | None = None
    coding_level_3: str | None = None


def find_columns(present: Sequence[str], wanted: Columns) -> Columns:
    """
    Settle which of the columns *present* holds which field; case, spacing and punctuation do not count.

    A field that *wanted* does not name goes by its common names, the likeliest first. The only column
    of a table is its content. Raises FeedbackFileError, naming what is present, for a column that
    *wanted* names in vain, and where the content cannot be told.
    """
    by_name = {_plain(column): column for column in reversed(present)}
    found: dict[str, str | None] = {}
    for field, common_names in _COMMON_NAMES.items():
        named = getattr(wanted, field)
        if named is not None and _plain(named) not in by_name:
            raise FeedbackFileError(f"has no column {named!r}; {_listed(present)}")
        names = common_names if named is None else (named,)
        found[field] = next((by_name[_plain(name)] for name in names if _plain(name) in by_name), None)
    if found["content"] is None and len(present) == 1:
        found["content"] = present[0]
    if found["content"] is None:
        raise FeedbackFileError(
            f"has no column known to hold the feedback: name it with --content-column; {_listed(present)}"
        )
    return Columns(**found)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _listed(present: Sequence[str]) -> str:
    # A table without a heading line shows its first record here: hence not all of a long name.
    names = [repr(name[:_SHOWN_CHARACTERS]) for name in present[:_SHOWN_COLUMNS]]
    more = len(present) - len(names)
    return f"its columns are {', '.join(names)}" + (f" and {more} more" if more else "")


def record_of(row: Mapping[str, str], columns: Columns, place: int) -> FeedbackRecord:
    """Make a record of *row*; one without an id goes by its *place* in the table."""

    def field(column: str | None) -> str:
        return row.get(column, "").strip() if column else ""

    return FeedbackRecord(
        id=field(columns.id) or str(place),
        content=row.get(columns.content or "", ""),
        created=parse_created(field(columns.created)),
        coding_level_1=field(columns.coding_level_1) or None,
        coding_level_2=field(columns.coding_level_2) or None,
        coding_level_3=field(columns.coding_level_3) or None,
    )
