"""Fetch the models of models.toml: each by its address and its SHA-256, all or none."""

from __future__ import annotations

import hashlib
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

SECONDS = 60.0
_BLOCK = 1 << 20
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Model:
    """A file, where it comes from, and where it goes below the folder of models."""

    name: str
    url: str
    sha256: str
    path: str


class ModelRefused(Exception):
    """A model is not what the list says, or the list says it badly."""


def read_list(text: str) -> tuple[Model, ...]:
    """
    Read the models of a list in TOML.

    Raises ModelRefused for one that is incomplete, unpinned, not fetched over TLS or put outside the folder.
    """
    models = []
    for entry in tomllib.loads(text).get("model", []):
        try:
            model = Model(**entry)
        except TypeError:
            raise ModelRefused("a model has a name, url, sha256 and path, and nothing else") from None
        issue = next(_issues(model), None)
        if issue is not None:
            raise ModelRefused(f"{model.name}: {issue}")
        models.append(model)
    return tuple(models)


def _issues(model: Model) -> Iterator[str]:
    address, path = urlsplit(model.url), PurePosixPath(model.path)
    if address.scheme != "https" and address.hostname not in _LOCAL:
        yield "its url is not https"
    if len(model.sha256) != 64 or not set(model.sha256) <= set("0123456789abcdef"):
        yield "its sha256 is not 64 hexadecimal digits"
    if path.is_absolute() or ".." in path.parts or not path.parts:
        yield "its path leaves the folder of models"


def fetch(model: Model, folder: Path) -> None:
    """
    Put *model* into *folder*; one that is there already, and right, is kept.

    The file appears whole or not at all. Raises ModelRefused if the hash is another one, or nothing arrives.
    """
    target = folder / model.path
    if target.is_file() and _sha256_of(target) == model.sha256:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    try:
        found = _download(model.url, partial)
        if found != model.sha256:
            raise ModelRefused(f"{model.name}: its SHA-256 is {found}, not {model.sha256}")
        partial.replace(target)
    except (OSError, HTTPException) as error:  # an URLError is an OSError
        raise ModelRefused(f"{model.name}: it could not be fetched: {error}") from None
    finally:
        partial.unlink(missing_ok=True)


def _download(url: str, target: Path) -> str:
    """Write what *url* answers to *target*, and return its SHA-256."""
    digest = hashlib.sha256()
    with urllib.request.urlopen(url, timeout=SECONDS) as answer, target.open("wb") as file:  # noqa: S310  # read_list allows https alone
        while block := answer.read(_BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(arguments: list[str]) -> None:
    """Fetch the models of a LIST into a FOLDER, which is made; one that is refused is a line and status 1."""
    if len(arguments) != 2:
        sys.exit("usage: fetch_models.py LIST FOLDER")
    folder = Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for model in read_list(Path(arguments[0]).read_text("utf-8")):
            fetch(model, folder)
    except ModelRefused as error:
        sys.exit(f"fetch_models: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
