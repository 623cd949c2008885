"""Memory that was freed is the system's again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.service import environment

# Blocks such as a large body leaves behind: one of them stays, on top of those that are freed.
HELD = """
import os
from pathlib import Path
{before}

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

bytearray(30 * 2**20)
rest = resident_mb()
blocks = [bytearray(b"1") * 2**20 for _ in range(30)]
del blocks[:-1]
print(resident_mb() - rest)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator is that of Linux")


def held_mb(folder: Path, before: str) -> float:
    command = (sys.executable, "-c", HELD.format(before=before))
    printed = subprocess.run(
        command, cwd=folder, env=environment(folder), check=True, capture_output=True, text=True
    )
    return float(printed.stdout)


def test_the_service_gives_large_blocks_back(tmp_path: Path) -> None:
    assert held_mb(tmp_path, "import qfa_http.main") < 5


def test_glibc_would_keep_them(tmp_path: Path) -> None:
    assert held_mb(tmp_path, "pass") > 20
