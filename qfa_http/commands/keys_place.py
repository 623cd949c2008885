"""Where `qfa keys` works: on the database, or on the secret in a Key Vault."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

import click
import msgspec

from qfa_http.commands.surroundings import Surroundings
from qfa_http.vault_keys import KEYS_SECRET, KeyChange, VaultKeys

T = TypeVar("T")

_VAULT_VARIABLE = "KEYVAULT_URL"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What the options say of the place; see `place_of`."""

    vault: str | None = None
    database: bool = False
    dry_run: bool = False


def at_a_place(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that choose a place, which it gets as *place*."""
    named = click.option("--vault", metavar="URL", help="The keys of this Key Vault, not KEYVAULT_URL.")
    chosen = click.option("--database", is_flag=True, help="The keys of the database, whatever KEYVAULT_URL.")

    @wraps(command)
    def command_at_a_place(
        *arguments: Any, vault: str | None, database: bool, dry_run: bool = False, **options: Any
    ) -> Any:
        place = Place(vault=vault, database=database, dry_run=dry_run)
        return command(*arguments, place=place, **options)

    return named(chosen(command_at_a_place))


def may_be_rehearsed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that is at a place the option that only shows what it would do."""
    text = f"Show what would be written to the vault's {KEYS_SECRET}, without secrets, and write nothing."
    return click.option("--dry-run", is_flag=True, help=text)(command)


def vault_of(surroundings: Surroundings, place: Place) -> Surroundings | None:
    """Return surroundings whose settings name the vault to work on, None to work on the database."""
    if place.vault and place.database:
        raise click.UsageError("--vault and --database exclude each other.")
    environ = dict(surroundings.environ)
    if place.vault:
        environ[_VAULT_VARIABLE] = place.vault
    if environ.get(_VAULT_VARIABLE, "").strip() and not place.database:
        return msgspec.structs.replace(surroundings, environ=environ)
    if place.dry_run:
        raise click.UsageError("--dry-run is for keys in a Key Vault: name it with --vault or KEYVAULT_URL.")
    return None


def ask_vault(surroundings: Surroundings, work: Callable[[VaultKeys], Awaitable[T]]) -> T:
    """Do *work* on the keys in the vault, as whoever is logged in."""
    import asyncio

    from qfa_http.container.lifespan import managing_vault_keys

    container = surroundings.container()

    async def work_while_open() -> T:
        async with managing_vault_keys(container) as manage:
            return await work(manage)

    return asyncio.run(work_while_open())


def change_vault(
    surroundings: Surroundings,
    plan: Callable[[VaultKeys], Awaitable[KeyChange]],
    *,
    is_rehearsal: bool,
) -> KeyChange:
    """Write what *plan* makes of the keys, or show it where it *is_rehearsal*."""

    async def work(manage: VaultKeys) -> KeyChange:
        change = await plan(manage)
        if not is_rehearsal:
            await manage.write(change)
        return change

    change = ask_vault(surroundings, work)
    if is_rehearsal:
        _show(change)
    else:
        click.echo(f"{KEYS_SECRET} is written; services take it over at their next refresh.", err=True)
    return change


def _show(change: KeyChange) -> None:
    click.echo(f"{KEYS_SECRET} would hold {len(change.after)} keys (- goes, + comes):")
    gone = [(each, "-") for each in change.before if each not in change.after]
    for each, sign in (*gone, *((each, "+" if each is change.new else " ") for each in change.after)):
        key = each.key
        rights = "superuser" if key.is_superuser else ""
        key_id = "(new)" if each is change.new else key.id
        click.echo("  ".join((sign, key_id, f"tenant {key.tenant_id}", key.name, rights)).rstrip())
