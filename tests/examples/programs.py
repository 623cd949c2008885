"""Running the programs of examples/ as whoever reads them would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(program: str, *arguments: str, folder: Path, **variables: str) -> str:
    """Run a program in *folder* with nothing in its environment but *variables*; return what it printed."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / program), *arguments]
    environ = {"PATH": os.environ["PATH"], **variables}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout
