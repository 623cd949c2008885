"""`qfa analyze FILE`: every task on a file, in this process, and what happens where it fails."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import msgspec
import pytest

from qfa_core.budget import RequestContext
from qfa_core.errors import LLMRejected
from qfa_core.fakes.scripted_llm_client import Line, ScriptedLLMClient
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import Summary
from qfa_core.llm import Prompt
from qfa_core.requests import SummarizeRequest
from qfa_http.commands.analyze_run import run_task
from qfa_http.commands.analyze_tasks import TASKS, TaskOptions
from qfa_http.container import Container
from qfa_http.wire.analyze import AnalyzeBulkResponse
from qfa_http.wire.assign_codes import AssignCodesResponse
from qfa_http.wire.detect_sensitive import DetectSensitiveResponse
from qfa_http.wire.summarize import SummarizeBulkResponse, SummarizeResponse
from tests.http.command_line import ROOT, CommandLine

SAMPLE = ROOT / "integrations" / "sample" / "feedback.jsonl"
FRAMEWORK = ROOT / "integrations" / "sample" / "coding_framework.json"
ANSWERS: dict[str, type] = {
    "analyze": AnalyzeBulkResponse,
    "summarize-bulk": SummarizeBulkResponse,
    "summarize": SummarizeResponse,
    "assign-codes": AssignCodesResponse,
    "detect-sensitive": DetectSensitiveResponse,
}
BULK = ("analyze", "summarize-bulk")


@pytest.fixture
def qfa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path, capsys)


@pytest.fixture
def feedback(tmp_path: Path) -> Path:
    path = tmp_path / "feedback.csv"
    path.write_text("id,content,date,level 1\nF-1,No water,2026-02-03,Water\nF-2,Thanks,2026-02-10,Praise\n")
    return path


def options_of(task: str) -> tuple[str | Path, ...]:
    return ("--task", task, *(("--framework", FRAMEWORK) if task == "assign-codes" else ()))


class Summaries:
    """A language model's script for summaries that fails where a text holds *poison*."""

    def __init__(self, poison: str = "nothing") -> None:
        self._poison = poison

    def __call__(self, prompt: Prompt) -> Line:
        if self._poison in prompt.user:
            return LLMRejected()
        if prompt.task.startswith("judge"):
            return {"reason": "Good.", "score": 0.82}
        return {"title": "=Water", "summary": "- no water\n- \x1b[31mred"}


class CrowdedUseCase:
    """Summarise nothing, and remember how many requests were there at one time."""

    def __init__(self) -> None:
        self._present = 0
        self.most_at_once = 0

    async def __call__(self, request: SummarizeRequest, _: RequestContext) -> Summary:
        self._present += 1
        self.most_at_once = max(self.most_at_once, self._present)
        await asyncio.sleep(0)
        self._present -= 1
        return Summary(record_id=request.record.id, title="", text="", quality_score=None)


@pytest.mark.parametrize("output_format", ["text", "json", "csv"])
@pytest.mark.parametrize("task", ANSWERS)
def test_every_task_works_on_the_embedded_defaults_in_every_format(
    qfa: CommandLine, task: str, output_format: str
) -> None:
    said = qfa("analyze", SAMPLE, "--limit", "3", "--format", output_format, *options_of(task))

    assert said.status == 0, said.err
    assert len(said.out.splitlines()) > 1


@pytest.mark.parametrize("task", ANSWERS)
def test_json_holds_what_the_service_would_answer(qfa: CommandLine, feedback: Path, task: str) -> None:
    answered = json.loads(qfa("analyze", feedback, "--format", "json", *options_of(task)).out)

    answers = [answered] if task in BULK else answered
    assert [msgspec.convert(answer, ANSWERS[task]) for answer in answers]
    if task not in BULK:
        assert [answer["id"] for answer in answers] == ["F-1", "F-2"]


def test_what_is_chosen_reaches_the_language_model(qfa: CommandLine, feedback: Path) -> None:
    llm = ScriptedLLMClient(
        {"analyze": "Water is short.", "judge_analysis": {"reason": "Few records.", "score": 0.8}}
    )
    qfa.llm = llm

    said = qfa(
        "analyze", feedback, "--prompt", "What is missing?", "--language", "Dutch; now", "--limit", "1"
    )

    assert said.status == 0
    assert "Water is short." in said.out
    assert "What is missing?" in llm.prompts[0].user
    assert "Dutch now" in llm.prompts[0].system
    assert "No water" in llm.prompts[0].user
    assert "Thanks" not in llm.prompts[0].user


def test_trends_are_drawn_by_the_period_that_was_chosen(qfa: CommandLine, feedback: Path) -> None:
    answer = json.loads(qfa("analyze", feedback, "--period", "month", "--format", "json").out)
    drawn = qfa("analyze", feedback, "--period", "day").out

    assert answer["coding_trends"]["periods"] == ["2026-02"]
    assert "2026-02-03 … 2026-02-10" in drawn
    assert [line.split()[1:4] for line in drawn.splitlines() if "█" in line] == [
        ["Praise", "1", "█"],
        ["Water", "1", "█"],
    ]


def test_the_trends_of_an_analysis_are_its_csv(qfa: CommandLine, feedback: Path) -> None:
    said = qfa("analyze", feedback, "--format", "csv")

    assert said.out.splitlines() == ["code,period,count", "Praise,2026-W07,1", "Water,2026-W06,1"]


def test_a_record_that_fails_is_reported_in_its_place_and_the_others_are_kept(
    qfa: CommandLine, feedback: Path
) -> None:
    qfa.llm = ScriptedLLMClient(Summaries(poison="No water"))

    said = qfa("analyze", feedback, "--task", "summarize", "--format", "json")

    failed, summarised = json.loads(said.out)
    assert said.status == 3
    assert said.err == "qfa: records failed: 1 of 2\n"
    assert failed == {"id": "F-1", "error": {"code": "llm_error", "message": LLMRejected.message}}
    assert summarised["title"] == "=Water"


def test_in_csv_a_failed_record_is_a_row_too_and_no_cell_is_a_formula(
    qfa: CommandLine, feedback: Path
) -> None:
    qfa.llm = ScriptedLLMClient(Summaries(poison="No water"))

    rows = list(
        csv.DictReader(
            qfa("analyze", feedback, *options_of("summarize"), "--format", "csv").out.splitlines(True)
        )
    )

    assert [row["id"] for row in rows] == ["F-1", "F-2"]
    assert (rows[0]["title"], rows[0]["error_code"]) == ("", "llm_error")
    assert (rows[1]["title"], rows[1]["error_code"]) == ("'=Water", "")
    assert rows[1]["summary"] == "• no water\n• [31mred"


def test_a_failed_record_is_named_in_text_and_escape_sequences_do_nothing(
    qfa: CommandLine, feedback: Path
) -> None:
    qfa.llm = ScriptedLLMClient(Summaries(poison="No water"))

    said = qfa("analyze", feedback, "--task", "summarize")

    assert LLMRejected.message in said.out
    assert "F-1" in said.out
    assert "\x1b" not in said.out


def test_a_bulk_task_that_fails_is_one_line(qfa: CommandLine, feedback: Path) -> None:
    qfa.llm = ScriptedLLMClient({"analyze": LLMRejected()})

    said = qfa("analyze", feedback)

    assert said.status == 1
    assert said.err == f"qfa: {LLMRejected.message}\n"
    assert not said.out


async def test_no_more_records_are_asked_about_at_a_time_than_wanted(container: Container) -> None:
    use_case = CrowdedUseCase()
    task = msgspec.structs.replace(TASKS["summarize"], use_case=lambda _: use_case)
    records = [FeedbackRecord(id=str(number), content="No water") for number in range(9)]
    done: list[None] = []

    outcomes = await run_task(
        task, records, TaskOptions(), container, concurrency=3, on_done=lambda: done.append(None)
    )

    assert use_case.most_at_once == 3
    assert [outcome.record_id for outcome in outcomes] == [record.id for record in records]
    assert len(done) == 9


def test_rows_without_text_and_unreadable_dates_are_told_of(qfa: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "feedback.csv"
    path.write_text("content,date\nNo water,yesterday\n,2026-02-03\nThanks,2026-02-03\n")

    said = qfa("analyze", path)

    assert said.status == 0
    assert said.err == "qfa: rows without text, left out: 1; dates that could not be read: 1\n"


def test_columns_can_be_named(qfa: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "feedback.csv"
    path.write_text("number,content,remarks,when,what\n7,internal,No water,2026-02-03,Water\n")
    columns = ("--content-column", "remarks", "--id-column", "number")
    columns += ("--created-column", "when", "--level-1-column", "what")

    (summary,) = json.loads(qfa("analyze", path, "--task", "summarize", "--format", "json", *columns).out)
    trends = qfa("analyze", path, "--format", "csv", *columns).out

    assert summary["id"] == "7"
    assert "No water" in summary["summary"]
    assert "Water,2026-W06,1" in trends


def test_a_file_whose_content_cannot_be_told_is_one_line(qfa: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "feedback.csv"
    path.write_text("number,remarks\n7,No water\n")

    said = qfa("analyze", path)

    assert said.status == 1
    assert said.err.startswith("qfa: feedback.csv has no column known to hold the feedback")
    assert said.err.endswith("its columns are 'number', 'remarks'\n")


def test_the_result_goes_into_the_file_that_is_named(
    qfa: CommandLine, feedback: Path, tmp_path: Path
) -> None:
    output = tmp_path / "trends.csv"

    said = qfa("analyze", feedback, "--format", "csv", "--output", output)

    assert said.status == 0
    assert not said.out
    assert output.read_bytes().startswith(b"\xef\xbb\xbfcode,period,count\r\n")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--task", "assign-codes"), "--task assign-codes needs --framework"),
        (("--task", "summarize", "--prompt", "x"), "--prompt does not apply to --task summarize"),
        (("--task", "analyze", "--max-codes", "2"), "--max-codes does not apply to --task analyze"),
        (("--framework", SAMPLE), "Invalid value for '--framework'"),
        (("--output", "/no-such-folder/x"), "--output: there is no folder"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_is_read(
    qfa: CommandLine, tmp_path: Path, options: tuple[str | Path, ...], complaint: str
) -> None:
    unreadable = tmp_path / "feedback.docx"
    unreadable.touch()

    said = qfa("analyze", unreadable, *options)

    assert said.status == 2
    assert said.err.startswith(f"qfa: {complaint}")
    assert said.err.count("\n") == 1


def test_a_framework_that_is_too_deep_is_refused(qfa: CommandLine, feedback: Path, tmp_path: Path) -> None:
    node: dict[str, object] = {"id": "4", "name": "four", "children": []}
    for level in ("three", "two", "one"):
        node = {"id": level, "name": level, "children": [node]}
    framework = tmp_path / "framework.json"
    framework.write_text(json.dumps({"root_codes": [node]}))

    said = qfa("analyze", feedback, "--task", "assign-codes", "--framework", framework)

    assert said.status == 2
    assert "one to three levels" in said.err


def test_a_mode_that_the_deployment_lacks_is_one_line(qfa: CommandLine, feedback: Path) -> None:
    said = qfa("analyze", feedback, "--mode", "hierarchical", EMBEDDING_MODEL="none")

    assert said.status == 1
    assert said.err == "qfa: Hierarchical analysis is not available in this deployment.\n"


def test_a_whole_corpus_is_shown_with_its_themes_and_its_progress(qfa: CommandLine) -> None:
    sample = ROOT / "integrations" / "sample" / "feedback.jsonl"
    said = qfa("analyze", sample, "--mode", "hierarchical", "--progress")

    assert said.status == 0
    assert "theme" in said.out
    assert "█" in said.out
    for phase in ("removing names", "comparing texts", "reading chunk by chunk"):
        assert phase in said.err


def test_progress_is_shown_where_it_is_asked_for_only(qfa: CommandLine, feedback: Path) -> None:
    silent = qfa("analyze", feedback, "--task", "summarize")
    shown = qfa("analyze", feedback, "--task", "summarize", "--progress")

    assert silent.err == ""
    assert "2/2" in shown.err
