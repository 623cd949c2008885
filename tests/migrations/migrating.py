"""`python -m qfa_http.migrate` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    """What a process said, and how it ended."""

    output: str
    errors: str
    status: int


def start_migrating(folder: Path, code: Path = ROOT, **variables: str) -> subprocess.Popen[str]:
    """Start migrating with the code at *code*; an embedded store would be in *folder*."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "qfa_http.migrate"],
        cwd=code,
        env={"PATH": os.environ["PATH"], "QFA_DATA_DIR": str(folder), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end_of(process: subprocess.Popen[str]) -> Ended:
    """Wait for the end of *process*."""
    output, errors = process.communicate(timeout=120)
    return Ended(output, errors, process.returncode)
