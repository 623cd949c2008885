"""How fast the callers of `benchmarks.http` can ask at all: `python -m benchmarks.http_limit`."""

from __future__ import annotations

import multiprocessing
import socket
import time
from contextlib import suppress

import uvicorn

from benchmarks.http_load import Ask, ask
from qfa_http.asgi import Receive, Scope, Send
from tests.acceptance.service import free_port

START_SECONDS = 15.0


class _Trivial:
    """An application that answers at once, for the limit of these callers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


def main() -> None:
    """Print how fast a trivial application is asked here, and the callers' own CPU time a request."""
    port = free_port()
    config = uvicorn.Config(_Trivial(), port=port, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    serving = multiprocessing.get_context("fork").Process(target=server.run, daemon=True)
    serving.start()
    url = f"http://127.0.0.1:{port}"
    requests = [Ask(name="trivial", path="/").written_out(url, "")]
    try:
        _wait_until_it_listens(port)
        for connections in (1, 32):
            began = time.process_time()
            answers = ask(url, requests, connections=connections, seconds=3.0)
            own_ms = 1000 * (time.process_time() - began) / len(answers.seconds)
            print(f"{connections:>3} connections: {answers.per_second:,.0f} requests/s, {own_ms:.3f} ms each")
    finally:
        serving.kill()
        serving.join()


def _wait_until_it_listens(port: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)  # polling a process: nothing else tells when it listens
    raise TimeoutError("the trivial application did not start")


if __name__ == "__main__":
    main()
