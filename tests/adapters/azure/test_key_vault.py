"""The Key Vault, through the real azure SDK over TLS: it challenges as the real one does, and misbehaves."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme
from azure.core.credentials_async import AsyncTokenCredential

from qfa_adapters.azure.credentials import operator_credential, service_credential
from qfa_adapters.azure.key_vault import LARGEST_BYTES, KeyVault
from qfa_core.errors import Conflict, SecretStoreUnavailable
from qfa_core.secrets import Secret
from tests.fakes.azure_login import pretend_az_login
from tests.fakes.azure_transport import transport_to
from tests.fakes.identity import VAULT_RESOURCE, IdentityEndpoint
from tests.fakes.key_vault import CANARY, FakeKeyVault, Manner

NAME = "llm-api-key"
VALUE = "canary-value-of-the-secret"
PATIENCE_SECONDS = 2.0


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityEndpoint]:
    with IdentityEndpoint() as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint


@pytest.fixture
def vault(endpoint: IdentityEndpoint) -> Iterator[FakeKeyVault]:
    with FakeKeyVault(lambda token: endpoint.is_for(VAULT_RESOURCE, token)) as vault:
        yield vault


@asynccontextmanager
async def opened(
    vault: FakeKeyVault,
    credential: AsyncTokenCredential | None = None,
    *,
    authority: trustme.CA | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> AsyncIterator[KeyVault]:
    who = credential or service_credential()
    transport = transport_to(vault, authority or vault.authority)
    async with KeyVault(vault.url, who, patience_seconds=patience_seconds, transport=transport) as store:
        yield store
    # asyncio says goodbye over TLS on its own, after the SDK has closed.
    await asyncio.to_thread(vault.wait_until_all_are_gone)
    await asyncio.sleep(0.01)


@pytest.fixture
async def store(vault: FakeKeyVault) -> AsyncIterator[KeyVault]:
    async with opened(vault) as store:
        yield store


async def refusal(store: KeyVault, name: str = NAME) -> SecretStoreUnavailable:
    with pytest.raises(SecretStoreUnavailable) as raised:
        await store.read(name)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert "canary" not in str(raised.value)
    return raised.value


async def test_the_newest_version_is_read_after_the_vaults_challenge(
    vault: FakeKeyVault, store: KeyVault, endpoint: IdentityEndpoint
) -> None:
    vault.put(NAME, "older")
    version = vault.put(NAME, VALUE)

    stored = await store.read(NAME)

    assert stored is not None
    assert (stored.value.reveal(), stored.version) == (VALUE, version)
    assert vault.challenges == 1
    assert endpoint.resources == [VAULT_RESOURCE]
    assert "canary" not in repr(stored)


async def test_a_token_is_used_again(
    vault: FakeKeyVault, store: KeyVault, endpoint: IdentityEndpoint
) -> None:
    vault.put(NAME, VALUE)
    for _ in range(5):
        await store.read(NAME)

    assert endpoint.requests == 1


async def test_a_secret_that_was_never_written_is_none(store: KeyVault) -> None:
    assert await store.read(NAME) is None


async def test_a_limit_tells_how_long_to_wait_and_is_not_asked_again(
    vault: FakeKeyVault, store: KeyVault
) -> None:
    vault.manner = "limits"
    error = await refusal(store)

    assert error.retry_after_seconds == 7
    assert vault.requests == ["GET /secrets/llm-api-key/"] * 2  # the first to be challenged


async def test_a_limit_that_names_no_time_is_a_limit(vault: FakeKeyVault, store: KeyVault) -> None:
    vault.manner, vault.retry_after = "limits", "soon"

    assert (await refusal(store)).retry_after_seconds is None


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("fails", "failed"),
        ("silent", "in time"),
        ("babbles", "cannot be used"),
        ("refuses", "does not let this identity"),
        ("disabled", "disabled"),
        ("elsewhere", "cannot be used"),
    ],
)
async def test_whatever_else_goes_wrong_is_said_in_our_own_words(
    vault: FakeKeyVault, store: KeyVault, manner: Manner, words: str
) -> None:
    vault.put(NAME, VALUE)
    vault.manner = manner
    started = time.monotonic()
    error = await refusal(store)

    assert words in str(error)
    assert time.monotonic() - started < PATIENCE_SECONDS + 1


async def test_no_token_is_sent_to_a_vault_that_challenges_for_another(
    vault: FakeKeyVault, store: KeyVault, endpoint: IdentityEndpoint
) -> None:
    vault.manner = "elsewhere"
    await refusal(store)

    assert endpoint.requests == 0


@pytest.mark.parametrize("manner", ["fails", "silent", "babbles"])
async def test_an_identity_endpoint_that_gives_no_token_is_told_apart(
    endpoint: IdentityEndpoint, store: KeyVault, manner: Manner
) -> None:
    endpoint.manner = manner  # type: ignore[assignment]  # the three that both know
    error = await refusal(store)

    assert any(words in str(error) for words in ("no token", "in time", "could not be asked"))


async def test_a_vault_that_is_not_there_cannot_be_reached(endpoint: IdentityEndpoint) -> None:
    with FakeKeyVault() as gone:
        pass
    async with opened(gone) as store:
        assert "cannot be reached" in str(await refusal(store))


async def test_a_certificate_of_nobody_known_is_refused(vault: FakeKeyVault) -> None:
    async with opened(vault, authority=trustme.CA()) as store:
        assert "cannot be reached" in str(await refusal(store))


async def test_after_an_outage_the_same_client_reads_again(vault: FakeKeyVault, store: KeyVault) -> None:
    vault.put(NAME, VALUE)
    for manner in ("silent", "fails", "elsewhere"):
        vault.manner = manner
        await refusal(store)
    vault.manner = "normal"

    assert await store.read(NAME) is not None


async def test_reading_again_and_again_opens_no_more_connections(
    vault: FakeKeyVault, store: KeyVault
) -> None:
    vault.put(NAME, VALUE)
    for manner in ("normal", "fails", "limits", "babbles"):
        vault.manner = manner
        for _ in range(5):
            with suppress(SecretStoreUnavailable):
                await store.read(NAME)

    assert vault.connections == 1


async def test_a_write_is_a_new_version_that_keeps_what_was_written_beside(
    vault: FakeKeyVault, store: KeyVault
) -> None:
    vault.put(NAME, "old", contentType="text/plain", tags={"owner": "ict"}, attributes={"exp": 2_000_000_000})
    read = await store.read(NAME)
    assert read is not None
    await store.write(NAME, Secret(VALUE), replacing=read.version)

    newest = vault.newest(NAME)
    assert newest["value"] == VALUE
    assert (newest["contentType"], newest["tags"]) == ("text/plain", {"owner": "ict"})
    assert newest["attributes"]["exp"] == 2_000_000_000


async def test_a_new_secret_is_written_where_there_is_none(vault: FakeKeyVault, store: KeyVault) -> None:
    await store.write(NAME, Secret(VALUE), replacing=None)

    assert vault.value(NAME) == VALUE


@pytest.mark.parametrize("replacing", [None, "another-version"])
async def test_nothing_is_written_over_a_version_that_was_not_read(
    vault: FakeKeyVault, store: KeyVault, replacing: str | None
) -> None:
    vault.put(NAME, "theirs")
    with pytest.raises(Conflict, match="nothing was written"):
        await store.write(NAME, Secret(VALUE), replacing=replacing)

    assert vault.value(NAME) == "theirs"


async def test_what_a_secret_cannot_hold_is_refused_before_anything_is_sent(
    vault: FakeKeyVault, store: KeyVault
) -> None:
    with pytest.raises(Conflict, match="25 kB"):
        await store.write(NAME, Secret("x" * (LARGEST_BYTES + 1)), replacing=None)

    assert vault.requests == []


async def test_a_silent_vault_does_not_hold_up_anything_else(vault: FakeKeyVault, store: KeyVault) -> None:
    vault.manner = "silent"
    asking = asyncio.gather(*(store.read(NAME) for _ in range(3)), return_exceptions=True)
    longest, last = 0.0, time.monotonic()
    while not asking.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()

    assert longest < 1
    assert [type(outcome) for outcome in await asking] == [SecretStoreUnavailable] * 3


async def test_nothing_that_is_logged_at_any_level_holds_a_value_or_a_token(
    vault: FakeKeyVault, store: KeyVault, caplog: pytest.LogCaptureFixture, endpoint: IdentityEndpoint
) -> None:
    caplog.set_level(logging.DEBUG)
    vault.put(NAME, VALUE)
    await store.read(NAME)
    vault.manner = "fails"
    await refusal(store)

    said = [record.getMessage() for record in caplog.records if record.name.startswith("qfa")]
    assert not any(canary in str(said) for canary in (VALUE, CANARY, *endpoint.tokens))


async def test_an_operator_asks_as_whoever_is_logged_in(
    vault: FakeKeyVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT")
    monkeypatch.setenv("PATH", pretend_az_login(tmp_path, "token-of-an-operator"), prepend=":")
    vault.tokens = {"token-of-an-operator"}
    vault.put(NAME, VALUE)
    async with opened(vault, operator_credential(), patience_seconds=20) as store:
        stored = await store.read(NAME)

    assert stored is not None


async def test_an_operator_who_is_not_logged_in_is_told_so(
    vault: FakeKeyVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT")
    monkeypatch.setenv("PATH", str(tmp_path))
    async with opened(vault, operator_credential()) as store:
        assert "no token" in str(await refusal(store))


async def test_in_a_console_of_app_service_an_operator_asks_as_the_service(vault: FakeKeyVault) -> None:
    vault.put(NAME, VALUE)
    async with opened(vault, operator_credential()) as store:
        assert await store.read(NAME) is not None
