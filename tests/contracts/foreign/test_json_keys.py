"""Whether the JSON file of a stranger keeps the promises of a store of keys."""

import msgspec
import pytest
from json_keys import JSONKeyStore

from qfa_core.contracts import KeyStoreContract
from qfa_core.tenancy import digest_of


class TestJSONKeyStore(KeyStoreContract):
    @pytest.fixture
    async def key_store(self, tmp_path):
        path = tmp_path / "keys.json"
        keys = {digest_of(secret.reveal()): key for key, secret in self.known_keys}
        path.write_bytes(msgspec.json.encode(keys))
        yield JSONKeyStore(path)
        path.unlink()

    @pytest.fixture
    def unreachable_key_store(self, tmp_path):
        return JSONKeyStore(tmp_path / "missing.json")
