"""The identity endpoint of Azure App Service, which hands out tokens to whoever knows its header."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

HEADER = "secret-of-the-identity-header"
DATABASE_RESOURCE = "https://ossrdbms-aad.database.windows.net"
VAULT_RESOURCE = "https://vault.azure.net"
MODEL_RESOURCE = "https://cognitiveservices.azure.com"
RESOURCES = (DATABASE_RESOURCE, VAULT_RESOURCE, MODEL_RESOURCE)
Manner = Literal["normal", "fails", "silent", "babbles"]


class IdentityEndpoint:
    """
    Issue a new token at every request, good for *lifetime_seconds*, and tell *on_token* before it is sent.

    `tokens` are all that were issued, `resources` what each is for.

    *manner* can be changed at any time: `fails` answers 500, `silent` accepts and says nothing,
    `babbles` answers with what is no token.
    """

    def __init__(self, on_token: Callable[[str], None] = lambda _: None) -> None:
        self.manner: Manner = "normal"
        self.lifetime_seconds = 3600.0
        self.tokens: list[str] = []
        self.resources: list[str] = []
        self.requests = 0
        self._on_token = on_token
        self._released = threading.Event()
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing: tests read stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def __enter__(self) -> IdentityEndpoint:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which App Service tells where the endpoint is."""
        url = f"http://127.0.0.1:{self._server.server_address[1]}/msi/token"
        return {"IDENTITY_ENDPOINT": url, "IDENTITY_HEADER": HEADER}

    def is_for(self, resource: str, token: str) -> bool:
        """Whether *token* was issued, for *resource*."""
        return (resource, token) in zip(self.resources, self.tokens, strict=False)

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requests += 1
        if self.manner == "silent":
            self._released.wait()
            return
        query = parse_qs(urlsplit(request.path).query)
        known = request.headers["X-IDENTITY-HEADER"] == HEADER and query["resource"][0] in RESOURCES
        if self.manner == "fails" or not known:
            self._send(request, 500 if known else 400, {"message": "canary-of-the-identity-endpoint"})
            return
        if self.manner == "babbles":
            self._send(request, 200, {"something": "else"})
            return
        with self._lock:
            token = f"canary-token-{len(self.tokens)}"
            self._on_token(token)
            self.tokens.append(token)
            self.resources.append(query["resource"][0])
        expires_on = str(int(time.time() + self.lifetime_seconds))
        answer = {"access_token": token, "expires_on": expires_on, "resource": query["resource"][0]}
        self._send(request, 200, {**answer, "token_type": "Bearer"})

    def _send(self, request: BaseHTTPRequestHandler, status: int, answer: dict[str, str]) -> None:
        body = json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
