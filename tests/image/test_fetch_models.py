"""Models that the image fetches while it is built, from a real server of files."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from image.fetch_models import Model, ModelRefused, fetch, read_list
from tests.acceptance.service import ROOT, free_port

CONTENT = b"weights" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Files(BaseHTTPRequestHandler):
    """One file, whole, cut short, or not there."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:100] if self.path == "/cut-short" else CONTENT)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[str]:
    Files.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def model(server: str) -> Model:
    return Model(name="names", url=f"{server}/names.bin", sha256=SHA256, path="names/names.bin")


def in_toml(model: Model) -> str:
    fields = ("name", "url", "sha256", "path")
    return "\n".join(["[[model]]", *(f'{field} = "{getattr(model, field)}"' for field in fields)])


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_model_is_put_where_the_list_says(model: Model, tmp_path: Path) -> None:
    fetch(model, tmp_path)

    assert files_in(tmp_path) == [model.path]
    assert (tmp_path / model.path).read_bytes() == CONTENT


@pytest.mark.parametrize("wrong", ["hash", "missing", "cut-short", "nobody"])
def test_one_that_is_refused_leaves_nothing_behind(
    model: Model, server: str, wrong: str, tmp_path: Path
) -> None:
    refused = {
        "hash": replace(model, sha256="0" * 64),
        "missing": replace(model, url=f"{server}/missing"),
        "cut-short": replace(model, url=f"{server}/cut-short"),
        "nobody": replace(model, url=f"http://127.0.0.1:{free_port()}/"),
    }[wrong]

    with pytest.raises(ModelRefused, match=r"^names: "):
        fetch(refused, tmp_path)

    assert files_in(tmp_path) == []


def test_one_that_is_there_is_not_fetched_again_and_a_spoilt_one_is(model: Model, tmp_path: Path) -> None:
    fetch(model, tmp_path)
    fetch(model, tmp_path)
    asked = Files.asked
    (tmp_path / model.path).write_bytes(b"spoilt")
    fetch(model, tmp_path)

    assert (asked, Files.asked) == (1, 2)
    assert (tmp_path / model.path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://models.example/names.bin"},
        {"url": "file:///etc/passwd"},
        {"sha256": ""},
        {"sha256": SHA256.upper()},
        {"path": "/etc/passwd"},
        {"path": "../names.bin"},
        {"path": ""},
    ],
    ids=str,
)
def test_a_list_that_is_unpinned_open_to_others_or_reaches_out_is_refused(change: dict[str, str]) -> None:
    good = Model(name="names", url="https://models.example/names.bin", sha256=SHA256, path="names.bin")

    assert read_list(in_toml(good)) == (good,)
    with pytest.raises(ModelRefused):
        read_list(in_toml(replace(good, **change)))


def test_an_entry_that_lacks_its_hash_is_refused() -> None:
    with pytest.raises(ModelRefused, match="sha256"):
        read_list('[[model]]\nname = "names"\nurl = "https://models.example/"\npath = "names.bin"')


def test_our_own_list_can_be_read() -> None:
    read_list((ROOT / "image" / "models.toml").read_text())


def test_the_command_says_in_one_line_which_model_failed(model: Model, tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(in_toml(replace(model, sha256="0" * 64)))
    command = [sys.executable, ROOT / "image" / "fetch_models.py", "models.toml", "models"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert ended.returncode == 1
    assert (ended.stdout, ended.stderr.count("\n")) == ("", 1)
    assert ended.stderr.startswith("fetch_models: names: ")
