"""What `qfa analyze` found, as JSON (the shapes of the HTTP answers) or as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from qfa_core.coding import AssignedCodes
from qfa_core.errors import QFAError
from qfa_core.feedback import clean_content
from qfa_core.insights import Analysis, CorpusSummary, Sensitivity, Summary
from qfa_http.commands.analyze_run import Outcome
from qfa_http.commands.analyze_tasks import Insight, Task
from qfa_http.errors import code_of
from qfa_http.wire.analyze import AnalyzeBulkResponse
from qfa_http.wire.assign_codes import AssignCodesResponse
from qfa_http.wire.detect_sensitive import DetectSensitiveResponse
from qfa_http.wire.summarize import SummarizeBulkResponse, SummarizeResponse

_HEADINGS: Mapping[type[Insight], tuple[str, ...]] = {
    Analysis: ("code", "period", "count"),
    CorpusSummary: ("title", "summary", "quality_score", "feedback_record_count"),
    Summary: ("id", "title", "summary", "quality_score"),
    AssignedCodes: (
        *("id", "coding_level_1", "coding_level_2", "coding_level_3", "confidence"),
        *("further_codes", "explanation"),
    ),
    Sensitivity: ("id", "is_sensitive", "sensitivity_types", "explanation"),
}
_ERROR_HEADING = ("error_code", "error")
# A cell that begins so is a formula to a spreadsheet, and the text is not ours.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BULLET = re.compile(r"^-(?= )", re.MULTILINE)


def as_json(outcomes: Sequence[Outcome], task: Task, language: str | None) -> str:
    """Return one HTTP answer for a bulk task, else a list with an answer or an error for each record."""
    answers = [_answer(outcome, language) for outcome in outcomes]
    return msgspec.json.format(msgspec.json.encode(answers[0] if task.is_bulk else answers)).decode() + "\n"


def _answer(outcome: Outcome, language: str | None) -> dict[str, Any]:
    if outcome.error is not None:
        error = {"code": code_of(outcome.error), "message": str(outcome.error)}
        return {"id": outcome.record_id, "error": error}
    answer: dict[str, Any] = msgspec.to_builtins(_wire(outcome, language))
    return answer if "id" in answer or not outcome.record_id else {"id": outcome.record_id, **answer}


def _wire(outcome: Outcome, language: str | None) -> msgspec.Struct:
    match outcome.insight:
        case Analysis() as analysis:
            return AnalyzeBulkResponse.from_core(
                analysis, request_id=outcome.request_id, output_language=language
            )
        case CorpusSummary() as summary:
            return SummarizeBulkResponse.from_core(summary, output_language=language)
        case Summary() as summary:
            return SummarizeResponse.from_core(summary, output_language=language)
        case AssignedCodes() as assigned:
            return AssignCodesResponse.from_core(assigned)
        case Sensitivity() as sensitivity:
            return DetectSensitiveResponse.from_core(sensitivity)
        case _:
            raise TypeError("an outcome without an error has an insight")


def as_csv(outcomes: Sequence[Outcome], task: Task) -> str:
    """
    Return a heading and a row for each record, with what went wrong in its last two cells.

    Of a bulk summary there is one row; of an analysis its coding trends, a row for each code and period.
    """
    text = io.StringIO(newline="")
    heading = _HEADINGS[task.finds] + (() if task.is_bulk else _ERROR_HEADING)
    writer = csv.DictWriter(text, heading, restval="")
    writer.writeheader()
    for outcome in outcomes:
        for row in _rows(outcome):
            writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def _rows(outcome: Outcome) -> Iterable[dict[str, object]]:
    match outcome.insight:
        case Analysis(coding_trends=trends):
            return [msgspec.structs.asdict(cell) for cell in trends.cells] if trends else []
        case CorpusSummary() as summary:
            return [_summary_cells(summary) | {"feedback_record_count": len(summary.record_ids)}]
        case Summary() as summary:
            cells = _summary_cells(summary)
        case AssignedCodes() as assigned:
            cells = _code_cells(assigned)
        case Sensitivity() as found:
            types = "; ".join(found.types)
            cells = {"is_sensitive": str(found.is_sensitive).lower(), "sensitivity_types": types}
            cells["explanation"] = found.explanation
        case None:
            cells = _error_cells(outcome.error)
    return [{"id": outcome.record_id, **cells}]


def _summary_cells(summary: Summary | CorpusSummary) -> dict[str, object]:
    return {"title": summary.title, "summary": summary.text, "quality_score": summary.quality_score}


def _code_cells(assigned: AssignedCodes) -> dict[str, object]:
    if not assigned.paths:
        return {"explanation": assigned.explanation}
    best, *further = assigned.paths
    names = {f"coding_level_{number}": level.code.name for number, level in enumerate(best.levels, 1)}
    return {
        **names,
        "confidence": best.confidence,
        "further_codes": "; ".join(f"{path.name} ({path.confidence:.0%})" for path in further),
        "explanation": "\n".join(f"{level.code.name}: {level.reason}" for level in best.levels),
    }


def _error_cells(error: QFAError | None) -> dict[str, object]:
    return {"error_code": code_of(error), "error": str(error)} if error else {}


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = _BULLET.sub("•", clean_content(value))
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
