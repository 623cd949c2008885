"""Files of feedback: what is read from which format, and how a file that cannot be used is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest

from qfa_core.feedback import FeedbackRecord
from qfa_http.feedback_columns import Columns, FeedbackFileError, find_columns
from qfa_http.feedback_files import FeedbackFile, read_feedback_file

CANARY = "canary-4711"
HEADING_AND_ROW = "id,content,created\nF-1,No water,2026-02-03\n"
RECORD = FeedbackRecord(id="F-1", content="No water", created=dt.datetime(2026, 2, 3))
SAMPLE = Path(__file__).parents[2] / "integrations" / "sample" / "feedback.jsonl"


def read(
    folder: Path, name: str, data: bytes | str, *, sheet: str | None = None, **columns: str
) -> FeedbackFile:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_feedback_file(path, Columns(**columns), sheet=sheet)


def refusal(folder: Path, name: str, data: bytes | str, **options: str) -> str:
    with pytest.raises(FeedbackFileError) as caught:
        read(folder, name, data, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def workbook(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        worksheet = book.create_sheet(title)
        for row in rows:
            worksheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    found = read(tmp_path, "f.csv", "id,content\n1,Немає води\n".encode(encoding))

    assert found.records == (FeedbackRecord(id="1", content="Немає води"),)


def test_windows_1252_is_read_where_the_file_is_no_unicode(tmp_path: Path) -> None:
    found = read(tmp_path, "f.csv", "id;content\n1;pas d’eau à l’école\n".encode("cp1252"))

    assert found.records[0].content == "pas d’eau à l’école"


def test_an_encoding_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    assert "save it as UTF-8" in refusal(tmp_path, "f.csv", b"id,content\n1,\x81\x8d\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_file_is_found_out(tmp_path: Path, delimiter: str) -> None:
    found = read(tmp_path, "f.csv", HEADING_AND_ROW.replace(",", delimiter))

    assert found.records == (RECORD,)


def test_the_delimiter_that_excel_notes_above_the_heading_is_obeyed(tmp_path: Path) -> None:
    found = read(
        tmp_path, "f.csv", "sep=;\r\nid;content, in words\r\n1;No water\r\n", content="content in words"
    )

    assert found.records == (FeedbackRecord(id="1", content="No water"),)


def test_quoted_line_breaks_and_delimiters_stay_in_their_record(tmp_path: Path) -> None:
    found = read(tmp_path, "f.csv", 'id,content\n1,"No water,\nsince ""Monday"""\n2,Thanks\n')

    assert [record.content for record in found.records] == ['No water,\nsince "Monday"', "Thanks"]


def test_a_quotation_mark_left_open_is_refused_rather_than_swallowing_records(tmp_path: Path) -> None:
    message = refusal(tmp_path, "f.csv", f'id,content\n1,"{CANARY}\n2,Thanks\n')

    assert "near line" in message
    assert CANARY not in message


def test_a_short_row_lacks_its_last_cells_only(tmp_path: Path) -> None:
    found = read(tmp_path, "f.csv", "content,id,created\nNo water\n")

    assert found.records == (FeedbackRecord(id="1", content="No water"),)


def test_of_two_columns_of_one_name_the_first_counts(tmp_path: Path) -> None:
    found = read(tmp_path, "f.csv", "content,content\nfirst,second\n")

    assert found.records[0].content == "first"


def test_rows_without_text_are_counted_and_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, "f.csv", "id,content\n1, \n2,Thanks\n3,\x07\n\n\n")

    assert [record.id for record in found.records] == ["2"]
    assert found.blank_rows == 2


def test_dates_that_cannot_be_read_are_counted_and_the_record_stays(tmp_path: Path) -> None:
    found = read(tmp_path, "f.csv", "content,date\nNo water,03/02/2026\nThanks,\n")

    assert [record.created for record in found.records] == [None, None]
    assert found.undated_rows == 1


def test_a_workbook_gives_text_numbers_and_dates_as_text(tmp_path: Path) -> None:
    rows = [["id", "content", "created"], [7, "No water", dt.datetime(2026, 2, 3, 9)], [None, 12.5, None]]
    path = workbook(tmp_path / "f.xlsx", ("Sheet", rows))

    found = read_feedback_file(path, Columns())

    assert found.records == (
        FeedbackRecord(id="7", content="No water", created=dt.datetime(2026, 2, 3, 9)),
        FeedbackRecord(id="2", content="12.5"),
    )


def test_the_sheet_of_a_workbook_can_be_chosen(tmp_path: Path) -> None:
    sheets = [("First", [["content"], ["one"]]), ("Second", [["content"], ["two"]])]
    path = workbook(tmp_path / "f.xlsx", *sheets)

    assert read_feedback_file(path, Columns()).records[0].content == "one"
    assert read_feedback_file(path, Columns(), sheet="Second").records[0].content == "two"
    with pytest.raises(FeedbackFileError, match=r"its sheets are 'First', 'Second'$"):
        read_feedback_file(path, Columns(), sheet="Third")


def test_a_sheet_of_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    assert "--sheet" in refusal(tmp_path, "f.csv", HEADING_AND_ROW, sheet="First")


def test_rows_that_a_spreadsheet_leaves_empty_below_its_table_do_not_count(tmp_path: Path) -> None:
    rows: list[list[object]] = [[], ["content"], ["No water"], [None], [""]]
    path = workbook(tmp_path / "f.xlsx", ("Sheet", rows))

    assert read_feedback_file(path, Columns()).blank_rows == 0


@pytest.mark.parametrize("cut_at", [0, 10, 400, 3000])
def test_a_damaged_workbook_is_refused(tmp_path: Path, cut_at: int) -> None:
    whole = workbook(tmp_path / "whole.xlsx", ("Sheet", [["content"], ["No water"]])).read_bytes()

    assert refusal(tmp_path, "f.xlsx", whole[:cut_at]) == "is no workbook that can be read"


@pytest.mark.parametrize("position", range(0, 4000, 97))
def test_a_workbook_with_a_wrong_byte_is_read_or_refused_and_nothing_else(
    tmp_path: Path, position: int
) -> None:
    data = bytearray(workbook(tmp_path / "whole.xlsx", ("Sheet", [["content"], ["No water"]])).read_bytes())
    data[position] ^= 0xFF

    try:
        read(tmp_path, "f.xlsx", bytes(data))
    except FeedbackFileError as error:
        message = str(error)
    else:
        message = ""

    assert "\n" not in message


WIRE_RECORD = {
    "id": "F-1",
    "content": "No water",
    "metadata": {"created": "2026-02-03", "coding_level_1": "Water"},
}
CODED = FeedbackRecord(id="F-1", content="No water", created=dt.datetime(2026, 2, 3), coding_level_1="Water")


@pytest.mark.parametrize(
    "content",
    [
        [WIRE_RECORD],
        {"feedback_records": [WIRE_RECORD], "prompt": "What is missing?"},
        {"feedback_record": WIRE_RECORD},
        [{"Record ID": "F-1", "Feedback": "No water", "Date": "2026-02-03", "Level 1": ["Water"]}],
    ],
)
def test_json_is_read_as_it_is_sent_and_as_others_name_it(tmp_path: Path, content: object) -> None:
    assert read(tmp_path, "f.json", json.dumps(content)).records == (CODED,)


def test_json_lines_are_read_and_empty_lines_passed_over(tmp_path: Path) -> None:
    line = json.dumps({"content": "No\u2028water"}, ensure_ascii=False)

    found = read(tmp_path, "f.jsonl", f"{line}\n\n{line}\r\n")

    assert [record.content for record in found.records] == ["No\u2028water"] * 2


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("f.json", f'[{{"content": "{CANARY}"', "is not valid JSON"),
        ("f.jsonl", f'{{"content": "x"}}\n{{"content": "{CANARY}"', "is not valid JSON in line 2"),
        ("f.json", f'"{CANARY}"', "holds no list of records"),
        ("f.json", f'{{"records": "{CANARY}"}}', "record 1 is no object"),
        ("f.json", f'[{{"content": "x"}}, "{CANARY}"]', "record 2 is no object"),
        ("f.json", "[" * 100_000, "is not valid JSON"),
        ("f.json", "[]", "holds no feedback records"),
        ("f.json", "[{}]", "holds no feedback records"),
        ("f.csv", "", "holds no feedback records"),
        ("f.csv", "id,content\n", "holds no feedback records"),
        ("f.csv", "id,content\n1,\n2,\n", "holds no feedback text in its column 'content'"),
        ("f.docx", CANARY, "is none of .csv"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line_without_its_text(
    tmp_path: Path, name: str, data: str, reason: str
) -> None:
    message = refusal(tmp_path, name, data)

    assert reason in message
    assert CANARY not in message


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedbackFileError, match="cannot be read"):
        read_feedback_file(tmp_path / "none.csv", Columns())


def test_where_the_content_cannot_be_told_the_columns_are_named() -> None:
    with pytest.raises(FeedbackFileError) as caught:
        find_columns(("number", "remarks"), Columns())

    assert str(caught.value).endswith("its columns are 'number', 'remarks'")
    assert "--content-column" in str(caught.value)


def test_a_table_without_a_heading_does_not_show_a_whole_record() -> None:
    with pytest.raises(FeedbackFileError) as caught:
        find_columns((f"{'No water ' * 10}{CANARY}", "2026"), Columns())

    assert CANARY not in str(caught.value)


def test_of_very_many_columns_only_the_first_are_named() -> None:
    with pytest.raises(FeedbackFileError, match=r"and 480 more$"):
        find_columns([f"column {number}" for number in range(500)], Columns())


def test_a_column_named_in_vain_is_refused() -> None:
    with pytest.raises(FeedbackFileError, match="has no column 'remark'; its columns are 'remarks'"):
        find_columns(("remarks",), Columns(content="remark"))


@pytest.mark.parametrize("name", ["Content", " TEXT ", "Feedback", "comment", "Message", "feedback_text"])
def test_common_names_of_the_content_are_known_in_any_spelling(name: str) -> None:
    assert find_columns(("other", name), Columns()).content == name


def test_a_column_that_is_named_beats_the_common_names() -> None:
    assert find_columns(("content", "Remarks"), Columns(content="remarks")).content == "Remarks"


def test_the_only_column_is_the_content() -> None:
    assert find_columns(("Was gesagt wurde",), Columns()).content == "Was gesagt wurde"


def test_ids_dates_and_coding_levels_go_by_common_names() -> None:
    columns = find_columns(("Feedback ID", "Created at", "Comment", "Type", "Category", "Code"), Columns())

    assert columns == Columns(
        content="Comment",
        id="Feedback ID",
        created="Created at",
        coding_level_1="Type",
        coding_level_2="Category",
        coding_level_3="Code",
    )


def test_the_sample_corpus_is_read_whole() -> None:
    found = read_feedback_file(SAMPLE, Columns())

    assert len(found.records) >= 60
    assert len(found.records) + found.blank_rows == len(SAMPLE.read_text("utf-8").splitlines())
    assert found.undated_rows == 0
