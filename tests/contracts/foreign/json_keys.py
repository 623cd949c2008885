"""What somebody else might write: API keys in a JSON file, and nothing of ours but qfa_core."""

from pathlib import Path

import msgspec

from qfa_core import ApiKey, KeyStore, KeyStoreUnavailable

KeysByDigest = dict[str, ApiKey]


class JSONKeyStore(KeyStore):
    """Know the keys of a file that maps digests to keys; read whenever a key is looked up."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def find(self, digest: str) -> ApiKey | None:
        return self._read().get(digest)

    async def check(self) -> None:
        self._read()

    def _read(self) -> KeysByDigest:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=KeysByDigest)
        except (OSError, msgspec.MsgspecError):
            raise KeyStoreUnavailable from None
