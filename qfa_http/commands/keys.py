"""`qfa keys`: the API keys in the database, or in a Key Vault."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click
import msgspec

from qfa_core.errors import NotFound
from qfa_core.tenancy import ApiKey, Tenant
from qfa_core.use_cases.manage_keys import ManageKeys, NewKey
from qfa_http.commands.keys_place import (
    Place,
    ask_vault,
    at_a_place,
    change_vault,
    may_be_rehearsed,
    vault_of,
)
from qfa_http.commands.surroundings import Surroundings
from qfa_http.vault_keys import KeyChange, VaultKeys


class ListedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as `qfa keys list` shows it."""

    key_id: str
    name: str
    tenant: str
    tenant_id: str
    is_superuser: bool


@click.group(short_help="Add, replace, remove and list API keys.")
def keys() -> None:
    """
    Add, replace, remove and list API keys.

    Where KEYVAULT_URL or --vault names a Key Vault, they are those of its secret auth-api-keys, asked for as
    whoever is logged in with `az login`; else those of the database, or of the embedded store.
    """


@keys.command()
@click.option("--tenant", required=True, help="Id or name of the tenant that the key is for.")
@click.option("--name", required=True, help="What the key is to be called.")
@click.option("--superuser", is_flag=True, help="The key may see all tenants and manage keys.")
@click.option("--create-tenant", is_flag=True, help="Make the tenant if there is none of that name.")
@may_be_rehearsed
@at_a_place
@click.pass_obj
def add(
    surroundings: Surroundings, tenant: str, name: str, superuser: bool, create_tenant: bool, place: Place
) -> None:
    """Make a key beside those that there are. It is printed on stdout, this once."""
    if vault := vault_of(surroundings, place):
        adding = partial(
            VaultKeys.adding,
            name=name,
            tenant_id=tenant,
            is_superuser=superuser,
            may_be_new=create_tenant,
        )
        _show_made(change_vault(vault, adding, is_rehearsal=place.dry_run), place)
        return

    async def work(manage: ManageKeys) -> NewKey:
        owner = await _find_tenant(manage, tenant)
        if owner is None and create_tenant:
            owner = await manage.add_tenant(tenant, allows_superusers=superuser)
        if owner is None:
            raise NotFound("There is no such tenant: --create-tenant makes it.")
        return await manage.add_key(name, owner.id, is_superuser=superuser)

    _show_once(surroundings.run(lambda container: work(container.manage_keys())))


@keys.command()
@click.argument("key_id")
@may_be_rehearsed
@at_a_place
@click.pass_obj
def replace(surroundings: Surroundings, key_id: str, place: Place) -> None:
    """Make a new key with the name and rights of KEY_ID, print it once, and remove KEY_ID."""
    if vault := vault_of(surroundings, place):
        replacing = partial(VaultKeys.replacing, key_id=key_id)
        _show_made(change_vault(vault, replacing, is_rehearsal=place.dry_run), place)
        return

    async def work(manage: ManageKeys) -> NewKey:
        old = next((key for key in await manage.keys() if key.id == key_id), None)
        if old is None:
            raise NotFound("There is no such key.")
        new = await manage.add_key(old.name, old.tenant_id, is_superuser=old.is_superuser)
        await manage.remove_key(key_id)
        return new

    _show_once(surroundings.run(lambda container: work(container.manage_keys())))


@keys.command()
@click.argument("key_id")
@may_be_rehearsed
@at_a_place
@click.pass_obj
def remove(surroundings: Surroundings, key_id: str, place: Place) -> None:
    """Remove the key KEY_ID; a service that runs refuses it within seconds, or at its next refresh."""
    if vault := vault_of(surroundings, place):
        change_vault(vault, partial(VaultKeys.removing, key_id=key_id), is_rehearsal=place.dry_run)
        return
    surroundings.run(lambda container: container.manage_keys().remove_key(key_id))
    click.echo(f"Key {key_id} is removed.", err=True)


@keys.command("list")
@click.option("--tenant", help="Id or name of a tenant, for its keys only.")
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@at_a_place
@click.pass_obj
def list_keys(surroundings: Surroundings, tenant: str | None, output_format: str, place: Place) -> None:
    """List the keys, without their secrets."""
    if chosen := vault_of(surroundings, place):
        found = ask_vault(chosen, lambda manage: manage.keys(tenant))
        _show_list(_listed(found, ()), output_format)
        return

    async def work(manage: ManageKeys) -> list[ListedKey]:
        owner = await _find_tenant(manage, tenant) if tenant else None
        if tenant and owner is None:
            raise NotFound("There is no such tenant.")
        found = await manage.keys(owner.id if owner else None)
        return _listed(found, await manage.tenants())

    _show_list(surroundings.run(lambda container: work(container.manage_keys())), output_format)


def _show_list(listed: Sequence[ListedKey], output_format: str) -> None:
    if output_format == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(listed)).decode())
    else:
        _print_table(listed)


async def _find_tenant(manage: ManageKeys, id_or_name: str) -> Tenant | None:
    tenants = await manage.tenants()
    by_id = (tenant for tenant in tenants if tenant.id == id_or_name)
    by_name = (tenant for tenant in tenants if tenant.name == id_or_name)
    return next(by_id, None) or next(by_name, None)


def _show_once(new: NewKey) -> None:
    click.echo(f"Key {new.key.id} of tenant {new.key.tenant_id}; it is not shown again:", err=True)
    click.echo(new.secret.reveal())


def _show_made(change: KeyChange, place: Place) -> None:
    if change.new and not place.dry_run:
        _show_once(NewKey(key=change.new.key, secret=change.new.secret))


def _listed(found: Sequence[ApiKey], tenants: Sequence[Tenant]) -> list[ListedKey]:
    names = {tenant.id: tenant.name for tenant in tenants}
    return [
        ListedKey(
            key_id=key.id,
            name=key.name,
            tenant=names.get(key.tenant_id, key.tenant_id),
            tenant_id=key.tenant_id,
            is_superuser=key.is_superuser,
        )
        for key in found
    ]


def _print_table(listed: Sequence[ListedKey]) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("key", "name", "tenant", "rights", box=box.SIMPLE_HEAD)
    for key in listed:
        rights = "superuser" if key.is_superuser else ""
        table.add_row(*map(escape, (key.key_id, key.name, key.tenant, rights)))
    Console().print(table)
