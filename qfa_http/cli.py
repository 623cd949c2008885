"""The command line, `qfa`: its commands, and the one place where errors become a line and a status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import TracebackType

import click

from qfa_core import __version__
from qfa_core.errors import QFAError
from qfa_http.commands.analyze import analyze
from qfa_http.commands.keys import keys
from qfa_http.commands.migrate import migrate
from qfa_http.commands.serve import serve
from qfa_http.commands.settings import settings
from qfa_http.commands.surroundings import Surroundings, build_container
from qfa_http.commands.usage import usage
from qfa_http.logs import configure_logging, place_of
from qfa_http.settings import LoggingSettings
from qfa_http.settings_values import SettingsError

FAILED = 1
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="qfa")
def qfa() -> None:
    """
    Qualitative feedback analysis for Red Cross and Red Crescent teams.

    Settings come from the environment; `qfa settings` lists them.
    """


for command in (serve, migrate, settings, keys, usage, analyze):
    qfa.add_command(command)


def run(arguments: Sequence[str], surroundings: Surroundings) -> int:
    """Run `qfa` with *arguments* and return its exit status; an error is one line on stderr."""
    try:
        status = qfa.main(list(arguments), prog_name="qfa", standalone_mode=False, obj=surroundings)
        return int(status or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except (SettingsError, QFAError) as error:
        return _complain(str(error), FAILED)
    except OSError as error:
        return _complain(f"{error.filename or 'input or output'}: {error.strerror}", FAILED)


def _complain(message: str, status: int) -> int:
    click.echo(f"qfa: {' '.join(message.split())}", err=True)
    return status


def _tell_of_bug(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    # Not the error's own words: they may quote what it stumbled over.
    click.echo(f"qfa: unexpected error, please report it: {place_of(error)}", err=True)


def main() -> None:
    """Run `qfa` with the arguments of this process."""
    sys.excepthook = _tell_of_bug
    # What libraries have to say may quote a text or a key: it is withheld here as it is in the service.
    configure_logging(LoggingSettings(level="error", format="text"))
    sys.exit(run(sys.argv[1:], Surroundings(environ=os.environ, build=build_container)))


if __name__ == "__main__":
    main()
