"""
Perform the steps of the Dockerfile without a container engine, and start what they make.

An empty folder stands for the root of the image, a bare copy of this Python for the base image, and `nobody`
for its users where we are root. The instructions are the Dockerfile's own; only the paths are put below the
folder. What a folder cannot show: the base image itself, who owns what, and what layers hold.

    python -m image.try_steps FOLDER    # like docker build, then docker run with this environment
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pip

from image.dockerfile import Instruction, Stage, read_stages

ROOT = Path(__file__).parents[1]
BUILD_SECONDS = 600.0

# Where the Dockerfile puts things: what is found under these names is meant to be inside of the folder.
_INSIDE = re.compile(r"(?<![\w./-])/(?=(?:opt|build|var/lib|usr/local)(?:/|\b))")
# What a machine needs to reach its package registry, and a container's build does not say.
_FROM_OUTSIDE = re.compile(r"PIP_|SSL_CERT_|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy")
_SETTINGS = (
    "ANALYZE_",
    "AUTH_",
    "DB_",
    "EMBEDDING_",
    "HTTP_",
    "KEYVAULT_",
    "LLM_",
    "LOG_",
    "NETWORK_",
    "WEB_",
)
_NOT_IN_A_BASE = ("site-packages", "test", "tests", "idlelib", "config-*", "__pycache__")


class StepFailed(Exception):
    """An instruction ended with another status than 0; the message holds its output."""


@dataclass
class Image:
    """What the steps made: a folder that stands for `/`, and how a process in it is started."""

    root: Path
    user: dict[str, Any]
    stage: Stage
    workdir: Path
    environ: dict[str, str] = field(default_factory=dict)

    def inside(self, text: str) -> str:
        """Return *text* with every path of the image put below the folder."""
        return _INSIDE.sub(f"{self.root}/", text)

    def command(self, word: str) -> list[str]:
        """Return the command of `ENTRYPOINT` or `HEALTHCHECK`."""
        return [self.inside(part) for part in self.stage.last(word).command()]

    def process(self, command: Sequence[str], **variables: str) -> dict[str, Any]:
        """Return the arguments for subprocess that run *command* as the container would."""
        return {"args": command, "cwd": self.workdir, "env": {**self.environ, **variables}, **self.user}


def build(context: Path, root: Path, arguments: Mapping[str, str]) -> Image:
    """
    Build the last stage of the Dockerfile of *context* in *root*, a folder that is not there yet.

    Each stage finds only its own files there: those of others are put aside, and are gone in the end.
    Raises StepFailed.
    """
    made: dict[str, Path] = {}
    stages = read_stages((context / "Dockerfile").read_text("utf-8"))
    named = {stage.name: stage for stage in stages}
    for stage in stages:
        if not stage.instructions:
            continue  # a name for a base, and no more
        image = Image(root, _another_user(), stage, workdir=root)
        _lay_base(image)
        _perform(image, _with_base(stage, named), context, made, arguments)
        if stage is not stages[-1]:
            made[stage.name] = root.rename(root.with_name(f"{root.name}.{stage.name}"))
    for folder in made.values():
        shutil.rmtree(folder)
    return image


def _another_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    other = pwd.getpwnam("nobody")
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}


def _with_base(stage: Stage, named: Mapping[str, Stage]) -> tuple[Instruction, ...]:
    inherited = _with_base(named[stage.base], named) if stage.base in named else ()
    return (*inherited, *stage.instructions)


def _lay_base(image: Image) -> None:
    """Put a Python with pip, and nothing else, where the base image has it."""
    local = image.root / "usr" / "local"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = Path(os.__file__).parent
    image.root.mkdir(mode=0o755)
    shutil.copytree(library, local / "lib" / version, ignore=shutil.ignore_patterns(*_NOT_IN_A_BASE))
    for shared in library.parent.glob("libpython*.so*"):
        shutil.copy2(shared, local / "lib")
    (local / "bin").mkdir()
    shutil.copy2(Path(sys.executable).resolve(), local / "bin" / version)
    for name in ("python", "python3"):
        (local / "bin" / name).symlink_to(version)
    packages = Path(pip.__file__).parents[1]
    for package in ("pip", f"pip-{pip.__version__}.dist-info"):
        shutil.copytree(packages / package, local / "lib" / version / "site-packages" / package)
    image.environ = {
        "PATH": f"{local / 'bin'}:/usr/bin:/bin",
        "LD_LIBRARY_PATH": str(local / "lib"),
    }
    _hand_over(image, image.root)


def _perform(
    image: Image,
    instructions: Sequence[Instruction],
    context: Path,
    made: Mapping[str, Path],
    arguments: Mapping[str, str],
) -> None:
    known: dict[str, str] = {}
    for instruction in instructions:
        match instruction.word:
            case "ARG":
                known |= {name: arguments.get(name, value) for name, value in instruction.pairs({}).items()}
            case "ENV":
                for name, value in instruction.pairs(image.environ).items():
                    image.environ[name] = image.inside(value)
            case "WORKDIR":
                image.workdir = Path(image.inside(instruction.text))
                image.workdir.mkdir(parents=True, exist_ok=True)
                _hand_over(image, image.workdir)
            case "COPY":
                _copy(image, instruction, context, made)
            case "RUN":
                _run(image, instruction, known)
            case "USER" | "EXPOSE" | "STOPSIGNAL" | "HEALTHCHECK" | "ENTRYPOINT" | "LABEL":
                pass  # said of the container, not done in it
            case word:
                raise StepFailed(f"{word} is not understood here")


def _copy(image: Image, instruction: Instruction, context: Path, made: Mapping[str, Path]) -> None:
    *sources, target = instruction.operands()
    stage = instruction.options().get("from")
    origin = made[stage] if stage else context
    into = image.workdir / image.inside(target)
    for source in sources:
        found = origin / source.lstrip("/")
        if found.is_dir():
            shutil.copytree(found, into, symlinks=True, dirs_exist_ok=True, ignore=_not_our_caches(stage))
        else:
            goal = into / found.name if target.endswith("/") else into
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, goal)
    _hand_over(image, image.root / into.relative_to(image.root).parts[0])


def _not_our_caches(stage: str | None) -> Any:
    """Leave out what .dockerignore keeps from the builder; between stages everything is copied."""
    return None if stage else shutil.ignore_patterns("__pycache__")


def _run(image: Image, instruction: Instruction, known: Mapping[str, str]) -> None:
    outside = {name: value for name, value in os.environ.items() if _FROM_OUTSIDE.match(name)}
    process = image.process(["/bin/sh", "-c", image.inside(instruction.text)], **outside, **known)
    ended = subprocess.run(
        **process, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=BUILD_SECONDS
    )
    if ended.returncode != 0:
        raise StepFailed(f"RUN {instruction.text}\n{ended.stdout}")


def _hand_over(image: Image, folder: Path) -> None:
    """Give *folder* to the user of the trial: a container's steps run as root, which nobody is here."""
    if not image.user:
        return
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            shutil.chown(path, image.user["user"], image.user["group"])


def main(arguments: list[str]) -> None:
    """Build in a FOLDER that is not there yet, and run what the container would."""
    if len(arguments) != 1:
        sys.exit("usage: python -m image.try_steps FOLDER")
    image = build(ROOT, Path(arguments[0]).resolve(), {})
    settings = {name: value for name, value in os.environ.items() if name.startswith(_SETTINGS)}
    process = image.process(image.command("ENTRYPOINT"), **settings)
    sys.exit(subprocess.run(**process).returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
