"""What is started with a container, in which order, and stopped with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext

from qfa_http.container import Container, clustering, key_vault, language_model, telling
from qfa_http.migrate import upgrade
from qfa_http.settings import SettingsError
from qfa_http.vault_keys import VaultKeys


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[None]:
    """
    Read the secrets, start what works in the background, and stop it all in the end.

    Raises SettingsError where the Key Vault does not give what the settings lack.
    """
    async with AsyncExitStack() as stack:
        telemetry = telling.sending(container.telemetry(), container.usage_backlog)
        await stack.enter_async_context(telemetry)  # what is told while all else stops still goes
        await stack.enter_async_context(_reading_secrets(container))
        await stack.enter_async_context(storing(container))
        # The language model stops first, so that its last calls still find where to be recorded.
        await stack.enter_async_context(_entered(container.llm()))
        if container.settings().production:
            check = clustering.check(container.embedder(), container.clusterer())
            await stack.enter_async_context(clustering.warmed(check))
        yield


@asynccontextmanager
async def storing(container: Container) -> AsyncIterator[None]:
    """Bring the embedded store up to date, start what stores, and stop it in the end."""
    async with AsyncExitStack() as stack:
        pool = container.pool()
        if pool is not None:
            await stack.enter_async_context(pool)
        engine = container.engine()
        if engine is not None:
            stack.push_async_callback(engine.dispose)
            if container.settings().database.is_embedded:
                await upgrade(engine)
        await stack.enter_async_context(_entered(container.usage_store()))
        yield


@asynccontextmanager
async def _reading_secrets(container: Container) -> AsyncIterator[None]:
    secrets = container.secrets()
    if secrets is None:
        yield
        return
    async with _entered(container.secret_store()), secrets:
        faults = tuple(language_model.faults_after_reading(container.settings(), secrets))
        if faults:
            raise SettingsError(*faults)
        yield


@asynccontextmanager
async def managing_vault_keys(container: Container) -> AsyncIterator[VaultKeys]:
    """Yield what changes the keys in the Key Vault, on behalf of an operator."""
    async with _entered(container.operators_store()):
        yield container.manage_vault_keys()


def _entered(part: object) -> AbstractAsyncContextManager[object]:
    """Return *part* as what it does when it is entered, which for many parts is nothing."""
    return part if isinstance(part, AbstractAsyncContextManager) else nullcontext()


def key_faults(container: Container) -> tuple[tuple[str, str], ...]:
    """Return what is missing for anybody to be let in, once the secrets were read."""
    secrets = container.secrets()
    return tuple(key_vault.faults_after_reading(container.settings(), secrets)) if secrets else ()


@asynccontextmanager
async def hearing_of_keys(container: Container) -> AsyncIterator[None]:
    """Let keys that are removed elsewhere be refused here at once, where the database tells of them."""
    key_changes = container.key_changes()
    if key_changes is None:
        yield
        return
    async with key_changes:
        yield
