from __future__ import annotations

from collections.abc import Callable

import pytest

from qfa_core.errors import AuthenticationRequired, KeyStoreUnavailable
from qfa_core.fakes import InMemoryKeyStore
from qfa_core.tenancy import ApiKey, digest_of
from qfa_core.use_cases.authenticate import (
    CACHE_SECONDS,
    OUTAGE_SECONDS,
    RETRY_SECONDS,
    Authenticate,
    KnownKeys,
)

KEY = ApiKey(id="k-1", name="crm", tenant_id="kenya")
OTHER = ApiKey(id="k-2", name="crm", tenant_id="nepal")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class CountingKeyStore(InMemoryKeyStore):
    """Count the look-ups, and run *during* in the middle of one."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up: list[str] = []
        self.during: Callable[[], None] = lambda: None

    async def find(self, digest: str) -> ApiKey | None:
        self.looked_up.append(digest)
        found = await super().find(digest)
        self.during()
        return found


async def knowing(**keys: ApiKey) -> CountingKeyStore:
    """Return a store that knows *keys* by their secrets."""
    store = CountingKeyStore()
    for secret, key in keys.items():
        store.admit(key.tenant_id)
        await store.add(key, digest_of(secret))
    return store


def asking(*stores: CountingKeyStore, clock: Clock | None = None) -> Authenticate:
    return Authenticate(stores, KnownKeys(clock or Clock()))


async def test_a_key_is_found_by_its_digest_in_one_look_up() -> None:
    store = await knowing(sesame=KEY, barley=OTHER)

    assert await asking(store)("sesame") == KEY
    assert store.looked_up == [digest_of("sesame")]


@pytest.mark.parametrize("secret", [None, "", "Sesame", "sesame ", "\ud800"])
async def test_what_no_store_knows_is_refused(secret: str | None) -> None:
    with pytest.raises(AuthenticationRequired):
        await asking(await knowing(sesame=KEY), await knowing())(secret)


async def test_the_first_store_that_knows_a_key_counts() -> None:
    first, second = await knowing(sesame=KEY), await knowing(sesame=OTHER)

    assert await asking(first, second)("sesame") == KEY
    assert second.looked_up == []
    assert await asking(await knowing(), second)("sesame") == OTHER


async def test_a_store_that_is_away_does_not_keep_the_others_from_being_asked() -> None:
    away, second = await knowing(), await knowing(sesame=KEY)
    away.available = False

    assert await asking(away, second)("sesame") == KEY
    assert await asking(second, away)("sesame") == KEY


@pytest.mark.parametrize("away_first", [True, False])
async def test_a_store_that_is_away_might_have_known_what_nobody_knows(away_first: bool) -> None:
    away, other = await knowing(sesame=KEY), await knowing()
    away.available = False
    stores = (away, other) if away_first else (other, away)
    with pytest.raises(KeyStoreUnavailable):
        await asking(*stores)("sesame")


async def test_a_key_found_lately_is_not_looked_up_again_even_while_its_store_is_away() -> None:
    clock, store = Clock(), await knowing(sesame=KEY)
    authenticate = asking(store, clock=clock)
    await authenticate("sesame")
    store.available = False
    clock.now += CACHE_SECONDS * 0.99

    assert await authenticate("sesame") == KEY
    assert len(store.looked_up) == 1


async def test_a_key_found_a_while_ago_is_looked_up_again() -> None:
    clock, store = Clock(), await knowing(sesame=KEY)
    authenticate = asking(store, clock=clock)
    await authenticate("sesame")
    await store.remove(KEY.id)
    clock.now += CACHE_SECONDS
    with pytest.raises(AuthenticationRequired):
        await authenticate("sesame")

    assert len(store.looked_up) == 2


async def test_while_its_store_is_away_a_known_key_serves_for_a_bounded_time() -> None:
    clock, store = Clock(), await knowing(sesame=KEY)
    authenticate = asking(store, clock=clock)
    await authenticate("sesame")
    found_at = clock.now
    store.available = False
    clock.now = found_at + OUTAGE_SECONDS - 1
    assert await authenticate("sesame") == KEY
    clock.now = found_at + OUTAGE_SECONDS

    with pytest.raises(KeyStoreUnavailable):
        await authenticate("sesame")


async def test_a_store_that_is_away_is_asked_for_known_keys_every_few_seconds_only() -> None:
    clock, store = Clock(), await knowing(sesame=KEY, barley=OTHER)
    authenticate = asking(store, clock=clock)
    for secret in ("sesame", "barley"):
        await authenticate(secret)
    store.available = False
    clock.now += CACHE_SECONDS
    store.looked_up.clear()
    for secret in ("sesame", "barley", "sesame", "barley"):
        await authenticate(secret)
    asked_at_first = len(store.looked_up)
    clock.now += RETRY_SECONDS
    await authenticate("barley")

    assert (asked_at_first, len(store.looked_up)) == (1, 2)


async def test_a_key_that_was_never_found_does_not_serve_while_its_store_is_away() -> None:
    store = await knowing(sesame=KEY)
    authenticate = asking(store)
    await authenticate("sesame")
    store.available = False
    for _ in range(2):
        with pytest.raises(KeyStoreUnavailable):
            await authenticate("barley")


async def test_a_key_that_is_forgotten_does_not_serve_while_its_store_is_away() -> None:
    store, known = await knowing(sesame=KEY), KnownKeys(Clock())
    authenticate = Authenticate([store], known)
    await authenticate("sesame")
    store.available = False
    known.forget(key_id=KEY.id)

    with pytest.raises(KeyStoreUnavailable):
        await authenticate("sesame")


async def test_a_store_that_is_back_is_asked_again_for_what_served_meanwhile() -> None:
    clock, store = Clock(), await knowing(sesame=KEY)
    authenticate = asking(store, clock=clock)
    await authenticate("sesame")
    store.available = False
    clock.now += CACHE_SECONDS
    await authenticate("sesame")
    store.available = True
    await store.remove(KEY.id)
    clock.now += RETRY_SECONDS

    with pytest.raises(AuthenticationRequired):
        await authenticate("sesame")


async def test_in_doubt_every_key_is_looked_up_again_before_it_is_used() -> None:
    store, known = await knowing(sesame=KEY), KnownKeys(Clock())
    authenticate = Authenticate([store], known)
    await authenticate("sesame")
    await store.remove(KEY.id)
    known.doubt()

    with pytest.raises(AuthenticationRequired):
        await authenticate("sesame")


async def test_a_doubt_ends_the_time_in_which_a_store_counts_as_away() -> None:
    clock, store = Clock(), await knowing(sesame=KEY)
    known = KnownKeys(clock)
    authenticate = Authenticate([store], known)
    await authenticate("sesame")
    store.available = False
    clock.now += CACHE_SECONDS
    await authenticate("sesame")
    store.available = True
    await store.remove(KEY.id)
    known.doubt()

    with pytest.raises(AuthenticationRequired):
        await authenticate("sesame")


async def test_a_key_in_doubt_while_it_is_looked_up_is_not_remembered() -> None:
    store, known = await knowing(sesame=KEY), KnownKeys(Clock())
    authenticate = Authenticate([store], known)
    store.during = known.doubt
    await authenticate("sesame")
    store.during = lambda: None
    await store.remove(KEY.id)

    with pytest.raises(AuthenticationRequired):
        await authenticate("sesame")


async def test_wrong_keys_are_not_remembered() -> None:
    store = await knowing(barley=OTHER)
    authenticate = asking(store)
    with pytest.raises(AuthenticationRequired):
        await authenticate("sesame")
    store.admit("kenya")
    await store.add(KEY, digest_of("sesame"))

    assert await authenticate("sesame") == KEY


@pytest.mark.parametrize("what", [{"key_id": "k-1"}, {"tenant_id": "kenya"}])
async def test_what_is_forgotten_is_looked_up_at_once_and_the_rest_is_kept(what: dict[str, str]) -> None:
    store, known = await knowing(sesame=KEY, barley=OTHER), KnownKeys(Clock())
    authenticate = Authenticate([store], known)
    for secret in ("sesame", "barley"):
        await authenticate(secret)
    known.forget(**what)
    store.looked_up.clear()
    for secret in ("sesame", "barley"):
        await authenticate(secret)

    assert store.looked_up == [digest_of("sesame")]


async def test_a_key_removed_while_it_is_looked_up_is_not_remembered() -> None:
    store, known = await knowing(sesame=KEY), KnownKeys(Clock())
    authenticate = Authenticate([store], known)
    store.during = lambda: known.forget(key_id=KEY.id)
    await authenticate("sesame")
    store.during = lambda: None
    await store.remove(KEY.id)
    with pytest.raises(AuthenticationRequired):
        await authenticate("sesame")


async def test_neither_errors_nor_what_is_remembered_show_a_secret() -> None:
    known = KnownKeys(Clock())
    await Authenticate([await knowing(sesame=KEY)], known)("sesame")
    with pytest.raises(AuthenticationRequired) as refused:
        await Authenticate([await knowing()], known)("CANARY")

    assert "CANARY" not in repr(refused.value)
    assert "sesame" not in repr(vars(known))
