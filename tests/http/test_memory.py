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

# Threads that each hold memory at one time, and the arenas that glibc made for them: malloc_info(3).
ARENAS = """
import ctypes
from pathlib import Path
from threading import Barrier, Thread
{before}

def hold():
    block = bytearray(50_000)
    together.wait()

together = Barrier(8)
threads = [Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
told = ctypes.c_void_p(libc.fopen(b"told", b"w"))
libc.malloc_info(0, told)
libc.fclose(told)
print(Path("told").read_text().count("<heap nr="))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator is that of Linux")


def printed(folder: Path, code: str, before: str) -> float:
    command = (sys.executable, "-c", code.format(before=before))
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def test_the_service_gives_large_blocks_back(tmp_path: Path) -> None:
    assert printed(tmp_path, HELD, "import qfa_http.main") < 5


def test_glibc_would_keep_them(tmp_path: Path) -> None:
    assert printed(tmp_path, HELD, "pass") > 20


def test_the_threads_of_the_service_share_two_arenas(tmp_path: Path) -> None:
    assert printed(tmp_path, ARENAS, "import qfa_http.main") <= 2


def test_glibc_would_make_them_more(tmp_path: Path) -> None:
    assert printed(tmp_path, ARENAS, "pass") > 2
