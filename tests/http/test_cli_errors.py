"""The command line as a whole: help, version, and errors that are one line and a status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qfa_core import __version__
from tests.http.command_line import PROGRAM, ROOT, CommandLine, environment_of_a_process

COMMANDS = [(), ("serve",), ("migrate",), ("settings",), ("keys",), ("analyze",)]
COMMANDS += [("keys", command) for command in ("add", "replace", "remove", "list")]
SLOW = ("alembic", "dependency_injector", "httpx", "litestar", "openpyxl", "rich", "sqlalchemy", "uvicorn")


@pytest.fixture
def qfa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path, capsys)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(qfa: CommandLine, command: tuple[str, ...]) -> None:
    said = qfa(*command, "--help")

    assert said.status == 0
    assert said.out.startswith(f"Usage: {' '.join(('qfa', *command))} ")
    assert not said.err


def test_the_version_is_told(qfa: CommandLine) -> None:
    assert qfa("--version").out == f"qfa, version {__version__}\n"


def test_without_a_command_the_help_is_shown_as_an_error(qfa: CommandLine) -> None:
    said = qfa()

    assert said.status == 2
    assert "Commands:" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("unheard-of",),
        ("settings", "--format", "yaml"),
        ("serve", "--port", "70000"),
        ("keys", "add", "--name", "EspoCRM"),
        ("analyze",),
        ("analyze", "no-such-file.csv"),
        ("analyze", ROOT / "README.md", "--task", "translate"),
        ("analyze", ROOT / "README.md", "--threshold", "1.5"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(qfa: CommandLine, arguments: tuple[str | Path, ...]) -> None:
    said = qfa(*arguments)

    assert said.status == 2
    assert said.err.startswith("qfa: ")
    assert said.err.count("\n") == 1
    assert not said.out


@pytest.mark.parametrize("command", [("serve",), ("migrate",), ("keys", "list"), ("settings",)])
def test_a_bad_setting_is_one_line_that_names_it(qfa: CommandLine, command: tuple[str, ...]) -> None:
    said = qfa(*command, NETWORK_PORT="canary-4711")

    assert said.status == 1
    assert said.err == "qfa: NETWORK_PORT wants a whole number from 1 to 65535\n"


def test_a_data_folder_that_cannot_be_made_is_one_line(qfa: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")

    said = qfa("keys", "list")

    assert said.status == 1
    assert said.err == "qfa: QFA_DATA_DIR wants a folder that can be made and written to\n"


def test_what_takes_long_to_import_is_not_imported_for_the_help() -> None:
    code = f"import sys, qfa_http.cli; print([name for name in {SLOW} if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert found.stdout == "[]\n"


def test_a_reader_that_has_left_is_no_reason_to_complain(tmp_path: Path) -> None:
    environ = environment_of_a_process(tmp_path)
    with subprocess.Popen(
        [*PROGRAM, "settings"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""
