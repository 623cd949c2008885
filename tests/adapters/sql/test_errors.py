"""That no error of SQLAlchemy or a driver gets out, and nothing of what it says."""

from __future__ import annotations

import inspect
import logging
import traceback
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine

from qfa_adapters.sql.errors import translated, translation
from qfa_adapters.sql.key_store import SQLKeyStore, SQLTenantStore
from qfa_adapters.sql.usage_store import SQLUsageStore
from qfa_core.errors import InvalidInput, KeyStoreUnavailable, StoreUnavailable, UsageStoreUnavailable
from qfa_core.tenancy import ApiKey, Tenant
from qfa_core.usage import UsageQuery
from tests.adapters.sql.calls import NOON, a_call

# Raised for wrong code, wherever the database is: these must rise as they are.
MISTAKES = (
    exc.ArgumentError,
    exc.CircularDependencyError,
    exc.CompileError,
    exc.IdentifierError,
    exc.InvalidRequestError,
)
# Bases that are never raised themselves, and what SQLAlchemy's async drivers raise inside it.
ABSTRACT = (exc.SQLAlchemyError, exc.StatementError, exc.EmulatedDBAPIException)
CANARY = "canary-tenant"

Use = Callable[[AsyncEngine], Awaitable[object]]


def operational_errors() -> list[type[Exception]]:
    found = [
        kind
        for _, kind in inspect.getmembers(exc, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, (Warning, *MISTAKES)) and kind not in ABSTRACT
    ]
    return [kind for kind in found if kind.__module__ == exc.__name__]


@pytest.mark.parametrize("kind", operational_errors())
def test_every_error_that_a_database_can_cause_has_a_translation(kind: type[Exception]) -> None:
    assert translation(kind.__new__(kind)) is not None


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_in_the_code_is_no_outage(kind: type[Exception]) -> None:
    mistake = kind.__new__(kind)

    with pytest.raises(kind), translated(StoreUnavailable):
        raise mistake


USES: dict[str, tuple[Use, type[StoreUnavailable]]] = {
    "record": (
        lambda engine: SQLUsageStore(engine).record([a_call(tenant_id=CANARY)]),
        UsageStoreUnavailable,
    ),
    "totals": (
        lambda engine: SQLUsageStore(engine).totals(UsageQuery(tenant_id=CANARY)),
        UsageStoreUnavailable,
    ),
    "oldest": (lambda engine: SQLUsageStore(engine).oldest(NOON, 1), UsageStoreUnavailable),
    "forget": (lambda engine: SQLUsageStore(engine).forget([CANARY]), UsageStoreUnavailable),
    "check usage": (lambda engine: SQLUsageStore(engine).check(), UsageStoreUnavailable),
    "find key": (lambda engine: SQLKeyStore(engine).find(CANARY), KeyStoreUnavailable),
    "add key": (
        lambda engine: SQLKeyStore(engine).add(ApiKey(id="k", name="k", tenant_id=CANARY), CANARY),
        KeyStoreUnavailable,
    ),
    "list keys": (lambda engine: SQLKeyStore(engine).keys(CANARY), KeyStoreUnavailable),
    "remove key": (lambda engine: SQLKeyStore(engine).remove(CANARY), KeyStoreUnavailable),
    "check keys": (lambda engine: SQLKeyStore(engine).check(), KeyStoreUnavailable),
    "add tenant": (
        lambda engine: SQLTenantStore(engine).add(Tenant(id=CANARY, name=CANARY)),
        KeyStoreUnavailable,
    ),
    "find tenant": (lambda engine: SQLTenantStore(engine).find(CANARY), KeyStoreUnavailable),
    "list tenants": (lambda engine: SQLTenantStore(engine).tenants(), KeyStoreUnavailable),
    "remove tenant": (lambda engine: SQLTenantStore(engine).remove(CANARY), KeyStoreUnavailable),
}


@pytest.mark.parametrize(("use", "unavailable"), USES.values(), ids=USES)
async def test_a_database_that_cannot_be_used_is_unavailable_and_gives_nothing_away(
    engine_without_tables: AsyncEngine,
    caplog: pytest.LogCaptureFixture,
    use: Use,
    unavailable: type[StoreUnavailable],
) -> None:
    caplog.set_level(logging.DEBUG, "qfa_adapters")
    with pytest.raises(unavailable) as caught:
        await use(engine_without_tables)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text

    assert CANARY not in shown
    assert "no such table" not in shown
    assert "OperationalError" in caplog.text


async def test_a_text_that_no_database_takes_is_no_outage(engine: AsyncEngine) -> None:
    half_a_surrogate_pair = Tenant(id="t", name="\ud83d")

    with pytest.raises(InvalidInput):
        await SQLTenantStore(engine).add(half_a_surrogate_pair)


async def test_a_number_that_no_database_takes_is_no_outage(engine: AsyncEngine) -> None:
    store = SQLUsageStore(engine)

    with pytest.raises(InvalidInput):
        await store.record([a_call(), a_call(input_tokens=10**30)])

    assert (await store.totals(UsageQuery()))[0].llm_calls.total_calls == 0
