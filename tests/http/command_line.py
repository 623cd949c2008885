"""`qfa` as a test types it: in this process, on a data folder of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from qfa_core.ports.llm_client import LLMClient
from qfa_core.ports.secret_store import SecretStore
from qfa_http.cli import run
from qfa_http.commands.surroundings import Surroundings, build_container
from qfa_http.container import Container
from qfa_http.settings import Settings

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "qfa_http.cli")


class Said(msgspec.Struct, frozen=True):
    """What a command wrote, and the status it ended with."""

    status: int
    out: str
    err: str


class CommandLine:
    """A prompt at which `qfa` can be called; *llm* and *vault* take the place of those of the settings."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.environ = {"QFA_DATA_DIR": str(folder / "data")}
        self.llm: LLMClient | None = None
        self.vault: SecretStore | None = None

    def __call__(self, *arguments: str | Path, **environ: str) -> Said:
        surroundings = Surroundings(environ={**self.environ, **environ}, build=self._build)
        status = run([str(argument) for argument in arguments], surroundings)
        said = self._capsys.readouterr()
        return Said(status, said.out, said.err)

    def _build(self, settings: Settings) -> Container:
        container = build_container(settings)
        if self.llm is not None:
            container.llm.override(self.llm)
        if self.vault is not None:
            container.operators_store.override(self.vault)
        return container


def environment_of_a_process(folder: Path) -> Mapping[str, str]:
    """Return an environment for `PROGRAM` on a data folder of its own."""
    return {"PATH": os.environ["PATH"], "QFA_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)}
