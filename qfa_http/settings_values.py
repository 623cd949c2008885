"""Variables of the environment: what each wants, and how its text becomes a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from qfa_core.secrets import Secret

# App Service hands the reference itself over where it could not fetch the secret.
_UNRESOLVED_REFERENCE = "@Microsoft.KeyVault("
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_POSTGRESQL_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


class SettingsError(Exception):
    """
    Settings with which nothing can start; `str()` of it is one line, safe to show and to log.

    A fault is the name of a variable, and what is the matter with it in words that go on
    from the name (`is needed for this provider`); it never holds the variable's value.
    """

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{name} {issue}" for name, issue in faults))
        self.faults = faults


class MalformedParts(ValueError):
    """A value of several parts, some of them malformed; `str()` of it says which without quoting any."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of value: what it *wants*, in words, and how to *parse* a text that is not empty."""

    wants: str
    parse: Callable[[str], Any]
    is_secret: bool = False


class Variable(msgspec.Struct, frozen=True):
    """A variable of the environment; an empty one counts as not set."""

    name: str
    kind: Kind
    meaning: str

    def is_set(self, environ: Mapping[str, str]) -> bool:
        """Whether *environ* holds more than white space under this name."""
        return bool(environ.get(self.name, "").strip())

    def read(self, environ: Mapping[str, str]) -> Any:
        """Return the value of a variable that is set; raise SettingsError if it is malformed."""
        text = environ[self.name].strip()
        if text.startswith(_UNRESOLVED_REFERENCE):
            raise SettingsError((self.name, "is a Key Vault reference that was not resolved"))
        try:
            return self.kind.parse(text)
        except ValueError as error:
            detail = f": {error}" if isinstance(error, MalformedParts) else ""
        # Raised out here, so that no library's message, which may quote the value, hangs on to it.
        raise SettingsError((self.name, f"wants {self.kind.wants}{detail}"))


def whole_number(smallest: int, largest: int) -> Kind:
    """Return the kind of whole numbers in a range, both ends included."""

    def parse(text: str) -> int:
        return int(_number_within(text, r"[0-9]{1,12}", smallest, largest))

    return Kind(f"a whole number from {smallest} to {largest}", parse)


def number(smallest: float, largest: float) -> Kind:
    """Return the kind of decimal numbers in a range, both ends included."""

    def parse(text: str) -> float:
        return _number_within(text, r"[0-9]{1,12}(\.[0-9]{1,12})?", smallest, largest)

    return Kind(f"a number from {smallest:g} to {largest:g}", parse)


def _number_within(text: str, pattern: str, smallest: float, largest: float) -> float:
    if not re.fullmatch(pattern, text) or not smallest <= float(text) <= largest:
        raise ValueError
    return float(text)


def one_of(*choices: str) -> Kind:
    """Return the kind of a few words, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError
        return text.lower()

    return Kind(" or ".join(choices), parse)


def list_of(*choices: str) -> Kind:
    """Return the kind of a few words out of *choices*, given with commas between them or as a JSON list."""

    def parse(text: str) -> tuple[str, ...]:
        words = msgspec.json.decode(text, type=list[str]) if text.startswith("[") else text.split(",")
        names = tuple(dict.fromkeys(word.strip() for word in words))
        if not names or not set(names) <= set(choices):
            raise ValueError
        return names

    return Kind(f"a comma-separated or JSON list out of {', '.join(choices)}", parse)


def _boolean(text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ValueError
    return _BOOLEANS[text.lower()]


def _word(text: str) -> str:
    if len(text.split()) != 1 or not text.isprintable():
        raise ValueError
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(_word(text))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError
    # What stands here is shown and logged: nothing secret may ride along.
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError
    return text


def _model_name(text: str) -> str:
    provider, _, model = _word(text).partition("/")
    if not provider or not model:
        raise ValueError
    return text


def _database_url(text: str) -> Secret:
    parts = urlsplit(_word(text))
    if parts.scheme not in _POSTGRESQL_SCHEMES or not parts.path.strip("/") or parts.port == 0:
        raise ValueError
    return Secret(text)


def _header_secret(text: str) -> Secret:
    if not (text.isascii() and text.isprintable()):
        raise ValueError
    return Secret(text)


def _existing_file(text: str) -> Path:
    path = _path(text)
    if not path.is_file():
        raise ValueError
    return path


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError
    return text.lower()


def _path(text: str) -> Path:
    if "\0" in text:
        raise ValueError
    return Path(text).expanduser()


BOOLEAN = Kind("true or false", _boolean)
WORD = Kind("a text without spaces", _word)
WEB_ADDRESS = Kind("an http:// or https:// address without password or query", _web_address)
MODEL_NAME = Kind("provider/model", _model_name)
DATABASE_URL = Kind("a URL such as postgresql://user:password@host:5432/name", _database_url, is_secret=True)
HEADER_SECRET = Kind("a secret of printable ASCII characters", _header_secret, is_secret=True)
SECRET = Kind("a secret", Secret, is_secret=True)
EXISTING_FILE = Kind("the path of a file that exists", _existing_file)
SHA256 = Kind("a SHA-256 of 64 hexadecimal digits", _sha256)
PATH = Kind("a path", _path)
