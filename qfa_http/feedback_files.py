"""Feedback records from a CSV, XLSX, JSON or JSON lines file."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import msgspec

from qfa_core.feedback import FeedbackRecord, clean_content
from qfa_http.feedback_columns import Columns, FeedbackFileError, find_columns, record_of

_DELIMITERS = (",", ";", "\t", "|")
# What openpyxl lets through where a workbook is damaged: it has no error of its own for it.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ParseError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)

Row = Mapping[str, str]


class FeedbackFile(msgspec.Struct, frozen=True, kw_only=True):
    """
    The records of a file that hold text, in its order.

    *blank_rows* had none; *undated_rows* of the records carry a date that could not be read.
    """

    records: tuple[FeedbackRecord, ...]
    blank_rows: int
    undated_rows: int


def read_feedback_file(path: Path, columns: Columns, *, sheet: str | None = None) -> FeedbackFile:
    """
    Read the file at *path*; its suffix says which format it has, *sheet* which sheet of a workbook.

    Raises FeedbackFileError where it cannot be read, or holds no record with text.
    """
    read_rows = _READERS.get(path.suffix.lower())
    if read_rows is None:
        raise FeedbackFileError(f"is none of {', '.join(_READERS)}")
    if sheet is not None and read_rows is not _workbook_rows:
        raise FeedbackFileError("is no workbook: --sheet does not apply")
    try:
        rows = list(read_rows(path.read_bytes(), sheet))
    except OSError as error:
        raise FeedbackFileError(f"cannot be read: {error.strerror}") from None
    return _records_of(rows, columns)


def _records_of(rows: list[Row], wanted: Columns) -> FeedbackFile:
    while rows and not any(text.strip() for text in rows[-1].values()):
        rows.pop()  # what a spreadsheet leaves behind below its table
    present = tuple(dict.fromkeys(column for row in rows for column in row))
    if not present:
        raise FeedbackFileError("holds no feedback records")
    columns = find_columns(present, wanted)
    records = []
    undated_rows = 0
    for place, row in enumerate(rows, 1):
        record = record_of(row, columns, place)
        if clean_content(record.content).strip():
            records.append(record)
            undated_rows += record.created is None and bool(row.get(columns.created or "", "").strip())
    if not records:
        raise FeedbackFileError(f"holds no feedback text in its column {columns.content!r}")
    blank_rows = len(rows) - len(records)
    return FeedbackFile(records=tuple(records), blank_rows=blank_rows, undated_rows=undated_rows)


def _csv_rows(data: bytes, _: str | None) -> Iterator[Row]:
    text = decode_text(data)
    delimiter, body = _delimiter_and_body(text)
    lines = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from _rows_under_heading(lines)
    except csv.Error:
        raise FeedbackFileError(f"breaks the rules of CSV near line {lines.line_num}") from None


def _delimiter_and_body(text: str) -> tuple[str, str]:
    first_line, _, rest = text.partition("\n")
    # Excel's own note to itself, which it writes above the heading where the delimiter is not its usual one.
    if first_line.lower().startswith("sep=") and len(first_line.strip()) == len("sep=;"):
        return first_line[len("sep=")], rest
    return max(_DELIMITERS, key=first_line.count), text


def _rows_under_heading(lines: Iterable[Sequence[object]]) -> Iterator[Row]:
    """Pair every line with the first that is not empty; of two columns of one name the first counts."""
    heading: dict[str, int] = {}
    for line in lines:
        cells = [_text_of(cell) for cell in line]
        if heading:
            yield {name: cells[place] if place < len(cells) else "" for name, place in heading.items()}
        else:
            for place, name in enumerate(cells):
                if name.strip():
                    heading.setdefault(name.strip(), place)


def _workbook_rows(data: bytes, sheet: str | None) -> Iterator[Row]:
    # Here, as it takes 0.2 s; it ships no types.
    import openpyxl  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        # About styles and validations, which do not matter here.
        warnings.simplefilter("ignore")
        try:
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = {worksheet.title: worksheet for worksheet in workbook.worksheets}
            worksheet = sheets.get(sheet) if sheet else next(iter(sheets.values()), None)
            lines = [] if worksheet is None else list(worksheet.iter_rows(values_only=True))
        except _DAMAGE:
            raise FeedbackFileError("is no workbook that can be read") from None
    if worksheet is None:
        raise FeedbackFileError(f"has no such sheet; its sheets are {', '.join(map(repr, sheets))}")
    yield from _rows_under_heading(lines)


def _json_rows(data: bytes, _: str | None) -> Iterator[Row]:
    content = _decode_json(decode_text(data), "")
    if isinstance(content, dict):
        content = content.get("feedback_records", [content.get("feedback_record")])
    if not isinstance(content, list):
        raise FeedbackFileError("holds no list of records")
    for place, entry in enumerate(content, 1):
        yield _row_of(entry, f"record {place}")


def _json_lines_rows(data: bytes, _: str | None) -> Iterator[Row]:
    # Not splitlines(): a JSON string may hold the other separators that it splits at.
    for number, line in enumerate(decode_text(data).split("\n"), 1):
        if line.strip():
            yield _row_of(_decode_json(line, f" in line {number}"), f"line {number}")


def _decode_json(text: str, where: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise FeedbackFileError(f"is not valid JSON{where}") from None


def _row_of(entry: object, where: str) -> Row:
    """Make a row of an object; what its `metadata` holds counts as its own."""
    if not isinstance(entry, dict):
        raise FeedbackFileError(f"holds something else than a record: {where} is no object")
    metadata = entry.get("metadata")
    flat = {**metadata, **entry} if isinstance(metadata, dict) else entry
    return {name: _text_of(value) for name, value in flat.items() if name != "metadata"}


def _text_of(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case dt.date() | dt.time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return ", ".join(map(_text_of, value))
        case _:
            return str(value)


def decode_text(data: bytes) -> str:
    """
    Decode UTF-8 or UTF-16, with or without a byte order mark, or else Windows-1252.

    Raises FeedbackFileError for what is none of them.
    """
    for encoding in _likely_encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FeedbackFileError("is in an encoding that is not known: save it as UTF-8")


def _likely_encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    # Every other byte of European UTF-16 is zero; no text in UTF-8 or Windows-1252 holds one.
    if b"\0" in data:
        return ("utf-16-le", "utf-16-be") if data[1:2] == b"\0" else ("utf-16-be", "utf-16-le")
    return ("utf-8-sig", "cp1252")


_READERS: Mapping[str, Callable[[bytes, str | None], Iterable[Row]]] = {
    ".csv": _csv_rows,
    ".tsv": _csv_rows,
    ".txt": _csv_rows,
    ".xlsx": _workbook_rows,
    ".xlsm": _workbook_rows,
    ".json": _json_rows,
    ".jsonl": _json_lines_rows,
    ".ndjson": _json_lines_rows,
}
