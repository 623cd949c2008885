"""`qfa serve`: migrate, then serve."""

from __future__ import annotations

import contextlib
import socket

import click

from qfa_http.commands.surroundings import Surroundings

GRACE_SECONDS = 30
STARTUP_FAILED = 3


@click.command(short_help="Serve over HTTP.")
@click.option("--host", help="The address to listen at, instead of NETWORK_HOST.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port to listen at, instead of NETWORK_PORT."
)
@click.pass_obj
def serve(surroundings: Surroundings, host: str | None, port: int | None) -> int:
    """
    Bring the database up to date, then serve until SIGTERM or Ctrl-C.

    A database that cannot be reached is warned of, and served without; a migration that fails ends it.
    """
    settings = surroundings.settings()
    surroundings.build(settings)  # what no worker could start with is refused here, once
    from qfa_http.migrate import DatabaseUnreachable, migrate

    with _bound_socket(host or settings.http.host, port or settings.http.port) as listener:
        try:
            migrate(settings)
        except DatabaseUnreachable as error:
            # Analyses need no database: they go on, and their usage waits in the journal.
            click.echo(f"qfa: {error} Serving without it; run `qfa migrate` once it is back.", err=True)
        return _serve_at(listener, settings.http.workers)


def _bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket bound, but not listening yet; one line where that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with contextlib.ExitStack() as undo:
            listener = undo.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            undo.pop_all()
    except OSError as error:
        raise click.ClickException(f"cannot listen at {host}, port {port}: {error.strerror}") from None
    return listener


def _serve_at(listener: socket.socket, workers: int) -> int:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        "qfa_http.main:app",
        workers=workers,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    if workers > 1:
        Multiprocess(config, sockets=[listener]).run()
        return 0
    # After Ctrl-C, too, uvicorn raises the signal again: to whoever pressed it, this is the regular end.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0 if server.started else STARTUP_FAILED
