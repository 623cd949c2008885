"""A proxy that knows a few hosts, so that a process reaches fakes under the names of real ones."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ConnectProxy:
    """
    Tunnel `CONNECT host:port` to a port at 127.0.0.1, as *ports* says; refuse whatever else is asked for.

    What goes through is not looked at: TLS is between the two ends.
    """

    def __init__(self, ports: Mapping[str, int]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                if self.path in ports:
                    _tunnel(self, ports[self.path])
                else:
                    self.send_error(502)

            def log_message(self, *_: object) -> None:
                """Say nothing: tests read stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ConnectProxy:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def _tunnel(request: BaseHTTPRequestHandler, port: int) -> None:
    request.close_connection = True
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as far_end:
        request.send_response(200)
        request.end_headers()
        back = threading.Thread(target=_copy, args=(far_end, request.connection), daemon=True)
        back.start()
        _copy(request.connection, far_end)
        back.join(10)


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copy until *source* ends, and then end *target*."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
