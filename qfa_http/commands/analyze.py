"""`qfa analyze FILE`: analyse a file of feedback in this process, without a server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click
import msgspec

from qfa_core.coding import CodingFramework
from qfa_core.feedback import FeedbackRecord
from qfa_core.insights import AnalysisMode, TrendPeriod
from qfa_core.languages import clean_output_language
from qfa_core.progress import Phase
from qfa_core.progress import Progress as Come
from qfa_http.commands.analyze_tasks import TASKS, Task, TaskOptions
from qfa_http.commands.surroundings import Surroundings
from qfa_http.feedback_columns import Columns, FeedbackFileError

if TYPE_CHECKING:
    from qfa_http.commands.analyze_run import Outcome
    from qfa_http.feedback_files import FeedbackFile

F = TypeVar("F", bound=Callable[..., Any])

PHASES: Mapping[Phase, str] = {
    "pseudonymise": "removing names",
    "embed": "comparing texts",
    "cluster": "finding themes",
    "chunk": "cutting into chunks",
    "map": "reading chunk by chunk",
    "reduce": "putting notes together",
    "judge": "judging",
}

SOME_FAILED = 3
_COLUMN_OPTIONS = {
    "content": "what community members said",
    "id": "the id",
    "created": "the date",
    "coding_level_1": "the labels of coding level 1",
    "coding_level_2": "the labels of coding level 2",
    "coding_level_3": "the labels of coding level 3",
}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _read_framework(_: click.Context, __: click.Parameter, path: Path | None) -> CodingFramework:
    """Read a framework as it would be sent over HTTP: `{"root_codes": […]}`."""
    from qfa_http.wire.assign_codes import CodingLevels

    if path is None:
        return CodingFramework(root_codes=())
    try:
        return msgspec.json.decode(path.read_bytes(), type=CodingLevels).to_core()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise click.BadParameter(
            'it wants JSON such as {"root_codes": [{"id": "1", "name": "Water", "children": []}]}, '
            "with one to three levels of codes"
        ) from None


def _clean_language(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    return clean_output_language(text)


def _column_options(command: F) -> F:
    """Add an option for the column of each field of a record."""
    for field, what in reversed(_COLUMN_OPTIONS.items()):
        name = f"--{field.removeprefix('coding_').replace('_', '-')}-column"
        option = click.option(name, f"{field}_column", metavar="NAME", help=f"The column of {what}.")
        command = option(command)
    return command


@click.command()
@click.argument("file", type=_FILE)
@click.option("--task", type=click.Choice(list(TASKS)), default="analyze", show_default=True)
@click.option("--prompt", help="The question (analyze), or an extra instruction (summarize-bulk).")
@click.option("--language", callback=_clean_language, help="The language of the answer, such as Dutch.")
@click.option("--mode", type=click.Choice(get_args(AnalysisMode)), default="single_pass", show_default=True)
@click.option("--period", type=click.Choice(get_args(TrendPeriod)), help="What coding trends are counted by.")
@click.option(
    "--framework", type=_FILE, callback=_read_framework, help="The coding framework, JSON (assign-codes)."
)
@click.option("--max-codes", type=click.IntRange(1, 50), default=1, show_default=True, help="Codes a record.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="The confidence that a code has to reach.")
@_column_options
@click.option("--sheet", help="The sheet of a workbook; the first if not given.")
@click.option("--limit", type=click.IntRange(1), help="Take no more than this many records.")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="Records at one time."
)
@click.option(
    "--progress/--no-progress", default=None, help="A progress bar on stderr; on a terminal there is one."
)
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="A file instead of stdout.",
)
@click.pass_obj
def analyze(
    surroundings: Surroundings,
    /,
    file: Path,
    task: str,
    sheet: str | None,
    limit: int | None,
    concurrency: int,
    progress: bool | None,
    output_format: str,
    output: Path | None,
    **chosen: Any,
) -> int:
    """
    Analyse the feedback in FILE: CSV, XLSX, JSON or JSON lines.

    Columns are found by common names (content, text, feedback, comment; id; created, date; coding level 1 …)
    unless they are named. Rows without text are left out. Without settings, a stand-in for a language
    model is used that needs no network; LLM_MODEL chooses a real one.

    \b
    --format json writes what the HTTP service would answer; for tasks that go
    record by record, a list of it.
    --format csv writes one row a record, or the one row of summarize-bulk;
    for analyze the table of coding trends (code, period, count).

    The status is 3 where some records failed; what went wrong stands in their place.
    """
    columns = Columns(**{field: chosen.pop(f"{field}_column") for field in _COLUMN_OPTIONS})
    options = TaskOptions(**chosen)
    _check_options(task, options)
    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"--output: there is no folder {output.parent}")
    feedback = _read(file, columns, sheet)
    records = feedback.records[:limit]
    outcomes = _run(surroundings, TASKS[task], records, options, concurrency, shows_progress=progress)
    _write(outcomes, TASKS[task], options.language, output_format, output)
    return _report(outcomes, feedback)


def _check_options(task: str, options: TaskOptions) -> None:
    chosen = options.chosen()
    for name in sorted(chosen - TASKS[task].takes):
        raise click.UsageError(f"--{name.replace('_', '-')} does not apply to --task {task}")
    for name in sorted(TASKS[task].needs - chosen):
        raise click.UsageError(f"--task {task} needs --{name.replace('_', '-')}")


def _read(file: Path, columns: Columns, sheet: str | None) -> FeedbackFile:
    from qfa_http.feedback_files import read_feedback_file

    try:
        return read_feedback_file(file, columns, sheet=sheet)
    except FeedbackFileError as error:
        raise click.ClickException(f"{file.name} {error}") from None


def _run(
    surroundings: Surroundings,
    task: Task,
    records: Sequence[FeedbackRecord],
    options: TaskOptions,
    concurrency: int,
    *,
    shows_progress: bool | None,
) -> list[Outcome]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from qfa_http.commands.analyze_run import run_task

    hidden = not (sys.stderr.isatty() if shows_progress is None else shows_progress)
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True, force_terminal=shows_progress or None)
    with Progress(*bar, console=console, transient=True, disable=hidden) as progress:
        shown = progress.add_task(f"{len(records)} records", total=1 if task.is_bulk else len(records))

        def show(come: Come) -> None:
            what = f"{len(records)} records: {PHASES[come.phase]}"
            progress.update(
                shown, description=what, completed=come.done, total=come.total, refresh=come.done == 0
            )

        return surroundings.run(
            lambda container: run_task(
                task,
                records,
                options,
                container,
                concurrency=concurrency,
                on_done=lambda: None if progress.finished else progress.advance(shown),
                on_progress=show,
            ),
            asks_llm=True,
        )


def _write(
    outcomes: Sequence[Outcome], task: Task, language: str | None, output_format: str, output: Path | None
) -> None:
    from qfa_http.commands.analyze_output import as_csv, as_json
    from qfa_http.commands.analyze_text import as_text

    if output_format == "json":
        text = as_json(outcomes, task, language)
    elif output_format == "csv":
        text = as_csv(outcomes, task)
    else:
        text = as_text(outcomes, in_colour=output is None and sys.stdout.isatty())
    if output is None:
        click.echo(text, nl=False)
    else:
        # Excel takes a CSV file for Windows-1252 unless it begins with a byte order mark.
        output.write_text(text, encoding="utf-8-sig" if output_format == "csv" else "utf-8", newline="")


def _report(outcomes: Sequence[Outcome], feedback: FeedbackFile) -> int:
    """Say on stderr how it went, and return the exit status."""
    failed = sum(outcome.error is not None for outcome in outcomes)
    notes = (
        (failed, f"records failed: {failed} of {len(outcomes)}"),
        (feedback.blank_rows, f"rows without text, left out: {feedback.blank_rows}"),
        (feedback.undated_rows, f"dates that could not be read: {feedback.undated_rows}"),
    )
    if said := "; ".join(note for count, note in notes if count):
        click.echo(f"qfa: {said}", err=True)
    return SOME_FAILED if failed else 0
