"""An Azure Key Vault over TLS: it challenges, keeps secrets in versions, and misbehaves on request."""

from __future__ import annotations

import json
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import trustme

from tests.fakes.connect_proxy import ConnectProxy

_NUMBERS = count()
CHALLENGE = (
    'Bearer authorization="https://login.microsoftonline.com/5f1b0f0e-0000-4000-8000-000000000000",'
    ' resource="https://vault.azure.net"'
)
CANARY = "canary-of-the-vault"
Manner = Literal["normal", "fails", "limits", "silent", "babbles", "refuses", "disabled", "elsewhere"]


class FakeKeyVault:
    """
    Answer for `url` at 127.0.0.1, to whoever comes with a token that *knows*, or is in `tokens`.

    Each vault has a name of its own, because the SDK remembers for the life of a process who challenged it.

    *manner* can be changed at any time, `manners` for one secret each: `limits` answers 429 with
    `Retry-After: retry_after`, `silent` accepts and says nothing, `babbles` answers 200 with what is no
    secret, `elsewhere` challenges for another vault, `fails` is 500, `refuses` and `disabled` are 403.
    `before_write` is called in the middle of a write.
    """

    def __init__(self, knows: Callable[[str], bool] = lambda _: False) -> None:
        self.host = f"qfa-test-{next(_NUMBERS)}.vault.azure.net"
        self.url = f"https://{self.host}/"
        self.manner: Manner = "normal"
        self.manners: dict[str, Manner] = {}
        self.retry_after = "7"
        self.tokens: set[str] = set()
        self.requests: list[str] = []
        self.challenges = 0
        self.connections = 0
        self._open_connections = 0
        self._changed = threading.Condition()
        self.before_write: Callable[[], None] = lambda: None
        self.authority = trustme.CA()
        self._knows = knows
        self._secrets: dict[str, list[dict[str, Any]]] = {}
        self._server = _server_of(self)

    def __enter__(self) -> FakeKeyVault:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    def put(self, name: str, value: str, **more: Any) -> str:
        """Write a new version as somebody else would, and return its name."""
        version = uuid.uuid4().hex
        self._secrets.setdefault(name, []).append({"version": version, "value": value, **more})
        return version

    def value(self, name: str) -> str:
        """Return the newest value of a secret."""
        return str(self._secrets[name][-1]["value"])

    def newest(self, name: str) -> dict[str, Any]:
        """Return the newest version of a secret, with all that was written with it."""
        return self._secrets[name][-1]

    def delete(self, name: str) -> None:
        del self._secrets[name]

    @contextmanager
    def reached_by_name(self, folder: Path) -> Iterator[dict[str, str]]:
        """Yield the variables with which a process reaches this vault by its name."""
        authorities = folder / "authorities.pem"
        self.authority.cert_pem.write_to_path(str(authorities))
        with ConnectProxy({f"{self.host}:443": self.port}) as proxy:
            yield {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(authorities)}

    def count_connections(self, change: int) -> None:
        """Take note of one connection more, or one less."""
        with self._changed:
            self.connections += change > 0
            self._open_connections += change
            self._changed.notify_all()

    def wait_until_all_are_gone(self, timeout_seconds: float = 10.0) -> None:
        """Block until nobody is connected any more."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._open_connections, timeout_seconds)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = urlsplit(request.path).path
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.requests.append(f"{request.command} {path}")
        name = path.split("/")[2] if path.count("/") > 1 else ""
        manner = self.manners.get(name, self.manner)
        if manner == "silent":
            with suppress(OSError):
                request.connection.recv(1)  # until the client hangs up
            request.close_connection = True
            return
        scheme, _, token = (request.headers["Authorization"] or "").partition(" ")
        if scheme != "Bearer" or not (token in self.tokens or self._knows(token)) or manner == "elsewhere":
            self.challenges += 1
            challenge = (
                CHALLENGE.replace("vault.azure.net", "vault.example") if manner == "elsewhere" else CHALLENGE
            )
            _send(request, 401, _error("Unauthorized"), {"WWW-Authenticate": challenge})
            return
        if manner != "normal":
            self._misbehave(request, manner)
        elif request.command == "PUT":
            self._write(request, name, json.loads(body))
        elif name:
            self._read(request, name, path.split("/")[3:])
        else:
            _send(request, 200, {"value": [{"id": f"{self.url}secrets/{each}"} for each in self._secrets]})

    def _misbehave(self, request: BaseHTTPRequestHandler, manner: Manner) -> None:
        if manner == "limits":
            _send(request, 429, _error("Throttled"), {"Retry-After": self.retry_after})
        elif manner == "babbles":
            _send(request, 200, f"<html>{CANARY}</html>")
        elif manner == "disabled":
            _send(request, 403, _error("Forbidden", innererror={"code": "SecretDisabled"}))
        else:
            _send(request, 403 if manner == "refuses" else 500, _error("Forbidden"))

    def _read(self, request: BaseHTTPRequestHandler, name: str, rest: list[str]) -> None:
        versions = self._secrets.get(name, [])
        wanted = [version for version in versions if rest in ([], [""], [version["version"]])]
        if not wanted:
            _send(request, 404, _error("SecretNotFound"))
            return
        _send(request, 200, self._bundle(name, wanted[-1]))

    def _write(self, request: BaseHTTPRequestHandler, name: str, body: dict[str, Any]) -> None:
        self.before_write()
        self.put(name, **body)
        _send(request, 200, self._bundle(name, self._secrets[name][-1]))

    def _bundle(self, name: str, version: dict[str, Any]) -> dict[str, Any]:
        more = {key: version[key] for key in ("contentType", "tags") if version.get(key)}
        attributes = {"enabled": True, "created": 1_700_000_000, **(version.get("attributes") or {})}
        return {
            "id": f"{self.url}secrets/{name}/{version['version']}",
            "value": version["value"],
            "attributes": attributes,
            **more,
        }


def _error(code: str, **more: object) -> dict[str, Any]:
    return {"error": {"code": code, "message": f"{CANARY} says {code}", **more}}


def _send(
    request: BaseHTTPRequestHandler, status: int, answer: object, headers: dict[str, str] | None = None
) -> None:
    body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
    request.send_response(status)
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def _server_of(vault: FakeKeyVault) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            vault.count_connections(1)

        def finish(self) -> None:
            vault.count_connections(-1)
            super().finish()

        def do_GET(self) -> None:
            vault.answer(self)

        def do_PUT(self) -> None:
            vault.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing: tests read stderr."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of clients that hang up or do not trust the certificate."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    vault.authority.issue_cert(vault.host).configure_cert(context)
    # The handshake is the connection's own thread's, so that none holds up the others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server
