"""`qfa migrate`: bring the database up to date."""

from __future__ import annotations

import click

from qfa_http.commands.surroundings import Surroundings


@click.command(short_help="Bring the database up to date.")
@click.pass_obj
def migrate(surroundings: Surroundings) -> None:
    """
    Bring the database up to date; nothing happens where DB_TRACK_USAGE is false.

    Any number of processes may do so at once: one migrates, the others wait for it, though no longer than
    DB_MIGRATION_WAIT_SECONDS.
    """
    settings = surroundings.settings()
    from qfa_http.migrate import migrate as bring_up_to_date

    bring_up_to_date(settings)
