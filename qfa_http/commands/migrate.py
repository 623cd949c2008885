"""`qfa migrate`: bring the database up to date."""

from __future__ import annotations

import asyncio

import click

from qfa_core.errors import StoreUnavailable
from qfa_http.commands.surroundings import Surroundings


@click.command(short_help="Bring the database up to date.")
@click.pass_obj
def migrate(surroundings: Surroundings) -> None:
    """Bring the database up to date; nothing happens where DB_TRACK_USAGE is false."""
    bring_up_to_date(surroundings)


def bring_up_to_date(surroundings: Surroundings) -> None:
    """Migrate whichever database is in use; raise StoreUnavailable where it cannot be used."""
    from sqlalchemy.exc import SQLAlchemyError

    from qfa_http.migrate import upgrade

    engine = surroundings.container().engine()
    if engine is None:
        return

    async def upgrade_and_let_go() -> None:
        try:
            await upgrade(engine)
        finally:
            await engine.dispose()

    try:
        asyncio.run(upgrade_and_let_go())
    except SQLAlchemyError:
        raise StoreUnavailable("The database cannot be reached or brought up to date.") from None
