"""`qfa settings`: every setting with what it wants, its default and its meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec

from qfa_http.commands.surroundings import Surroundings
from qfa_http.settings import declared_variables
from qfa_http.settings_values import SettingsError, Variable

WIDTH_OF_FILES = 200
_MARKDOWN_HEAD = """\
# Settings

Read from the environment once, at the start. An empty variable counts as not set. A value that is missing or
malformed stops the start with one line that names the variable, never its value.

This page is made by `qfa settings --format markdown`.

| variable | wants | default | meaning |
|---|---|---|---|
"""


class SettingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One setting, for people; *value* is what the environment says, hidden if secret, None if not set."""

    name: str
    value: str | None
    wants: str
    default: str | None
    meaning: str
    secret: bool


@click.command()
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
@click.pass_obj
def settings(surroundings: Surroundings, output_format: str) -> None:
    """List all settings. Secrets are shown as set or not, never themselves."""
    lines = [_line(variable, default, surroundings.environ) for variable, default in declared_variables()]
    if output_format == "markdown":
        click.echo(_markdown(lines), nl=False)
    elif output_format == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(lines)).decode())
    else:
        _print_table(lines)
    if output_format != "markdown":
        surroundings.settings()


def _line(variable: Variable, default: Any, environ: Mapping[str, str]) -> SettingLine:
    return SettingLine(
        name=variable.name,
        value=_shown_value(variable, environ),
        wants=variable.kind.wants,
        default=_shown(default),
        meaning=variable.meaning,
        secret=variable.kind.is_secret,
    )


def _shown_value(variable: Variable, environ: Mapping[str, str]) -> str | None:
    if not variable.is_set(environ):
        return None
    try:
        value = variable.read(environ)
    except SettingsError:
        # Not shown either: it may be a secret that was put into the wrong variable.
        return "malformed"
    return "set" if variable.kind.is_secret else _shown(value)


def _shown(value: Any) -> str | None:
    match value:
        case None | ():
            return None
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)


def _markdown(lines: Sequence[SettingLine]) -> str:
    rows = (
        f"| `{line.name}` | {line.wants} | {f'`{line.default}`' if line.default else ''} | {line.meaning} |\n"
        for line in lines
    )
    return _MARKDOWN_HEAD + "".join(rows)


def _print_table(lines: Sequence[SettingLine]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("variable", "value", "default", "wants", "meaning", box=box.SIMPLE_HEAD)
    for line in lines:
        table.add_row(line.name, line.value, line.default, line.wants, line.meaning)
    console = Console()
    console.width = console.width if console.is_terminal else WIDTH_OF_FILES
    console.print(table, markup=False)
