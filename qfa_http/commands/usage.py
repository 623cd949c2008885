"""`qfa usage`: the LLM calls that are kept for accounting."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qfa_http.commands.surroundings import Surroundings

if TYPE_CHECKING:
    from qfa_core.usage import LLMCall
    from qfa_core.use_cases.prune_usage import Archive
    from qfa_http.usage_archive import UsageArchive


def _read_moment(_: click.Context, __: click.Parameter, text: str) -> dt.datetime:
    """Read a date, which means midnight in UTC, or a moment with a time zone; neither in the future."""
    try:
        moment = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
    except ValueError:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            raise click.BadParameter("it wants a date such as 2026-01-31") from None
    if moment.tzinfo is None:
        raise click.BadParameter("a time wants its time zone, such as 2026-01-31T12:00Z")
    if moment > dt.datetime.now(dt.UTC):
        raise click.BadParameter("it lies in the future")
    return moment


def _open_archive(_: click.Context, __: click.Parameter, path: Path | None) -> UsageArchive | None:
    from qfa_http.usage_archive import ENDINGS, UsageArchive

    if path is None:
        return None
    if not path.name.endswith(ENDINGS):
        raise click.BadParameter(f"its name wants to end in {' or '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        raise click.BadParameter(f"{path} is no ordinary file")
    archive = UsageArchive(path)
    if not archive.is_whole():
        raise click.BadParameter(f"{path} breaks off in the middle: nothing can be added to it")
    return archive


@click.group(short_help="Count, archive and delete old usage.")
def usage() -> None:
    """Look after the LLM calls that are kept for accounting, in the database or the embedded store."""


@usage.command(short_help="Delete old LLM calls, and archive them if asked to.")
@click.option(
    "--before",
    required=True,
    metavar="DATE",
    callback=_read_moment,
    help="Calls that started before this date (midnight UTC) or time (with its zone) are deleted.",
)
@click.option(
    "--archive",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_open_archive,
    help="Save the calls to this file first: .jsonl or .jsonl.gz. What it holds already is kept.",
)
@click.option("--dry-run", is_flag=True, help="Count the calls, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def prune(
    surroundings: Surroundings, before: dt.datetime, archive: UsageArchive | None, dry_run: bool, yes: bool
) -> None:
    """
    Delete the LLM calls that started before a date, the oldest first, 5,000 at a time.

    The service may go on running meanwhile. Reports of usage no longer show what is deleted.

    An archive gets one line of JSON a call. A file that is there already is added to, never overwritten. Each
    batch is on the disk before it is deleted: after an interruption, run the command again; a call may then
    be in the archive twice, under one id. If the archive cannot be written, nothing more is deleted.
    """
    count = surroundings.run(lambda container: container.prune_usage().count(before))
    found = f"{count:,} LLM calls started before {before.isoformat()}"
    if dry_run or count == 0:
        click.echo(f"{found}; none is deleted.")
        return
    if not yes:
        _ask(f"{found}. Delete them{'' if archive else ' without an archive'}?")
    forgotten = _prune(surroundings, before, archive, count)
    saved = f", saved to {archive.path}" if archive else ""
    click.echo(f"{forgotten:,} LLM calls from before {before.isoformat()} are deleted{saved}.")


def _off_the_event_loop(archive: UsageArchive) -> Archive:
    async def add(calls: Sequence[LLMCall]) -> None:
        await asyncio.to_thread(archive.add, calls)

    return add


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to be asked: --yes deletes without asking")
    click.confirm(question, abort=True, err=True)


def _prune(surroundings: Surroundings, before: dt.datetime, archive: UsageArchive | None, count: int) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = (TextColumn("LLM calls"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*bar, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        shown = progress.add_task("", total=count)
        return surroundings.run(
            lambda container: container.prune_usage().prune(
                before,
                archive=_off_the_event_loop(archive) if archive else None,
                on_forgotten=lambda forgotten: progress.advance(shown, forgotten),
            )
        )
