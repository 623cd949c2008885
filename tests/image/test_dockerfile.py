"""What the Dockerfile promises, read from its instructions."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from image.dockerfile import Instruction, Stage, read_stages
from tests.acceptance.service import ROOT

DOCKERFILE = ROOT / "Dockerfile"
BASE, BUILD, FINAL = read_stages(DOCKERFILE.read_text())
TOOLS = Path(sys.executable).parent


def every(word: str, *stages: Stage) -> list[Instruction]:
    chosen = stages or (BASE, BUILD, FINAL)
    return [instruction for stage in chosen for instruction in stage.instructions if instruction.word == word]


def test_the_base_is_an_exact_version_and_a_digest() -> None:
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", BASE.base)
    assert {stage.base for stage in (BUILD, FINAL)} == {BASE.name}


def test_whatever_is_installed_is_checked_by_hash_or_was_built_here() -> None:
    installs = [part for run in every("RUN") for part in run.text.split("&&") if " install " in part]

    assert len(installs) == 4
    assert all(
        "--no-deps" in part and ("--require-hashes" in part or "--no-index" in part) for part in installs
    )


def test_nothing_is_fetched_but_through_pip_and_the_list_of_models() -> None:
    assert every("ADD") == []
    assert not any(re.search(r"\b(curl|wget|git|apt-get|apt|http)\b", run.text) for run in every("RUN"))


def test_it_runs_as_a_number_that_is_not_root_so_that_an_orchestrator_can_tell() -> None:
    user, _, group = FINAL.last("USER").text.partition(":")

    assert user.isdecimal()
    assert group.isdecimal()
    assert int(user) > 0
    assert int(group) > 0
    assert f"--chown={user}:{group}" in every("COPY", FINAL)[-1].text


def test_what_it_may_write_to_is_its_data_folder() -> None:
    environ = FINAL.last("ENV").pairs({})
    chowned = [copy.operands()[-1] for copy in every("COPY", FINAL) if "chown" in copy.options()]

    assert chowned == [f"{environ['QFA_DATA_DIR']}/"]
    assert environ["HOME"] == environ["QFA_DATA_DIR"]
    assert FINAL.last("WORKDIR").text != environ["QFA_DATA_DIR"]


def test_embedded_defaults_do_not_apply_in_it() -> None:
    assert FINAL.last("ENV").pairs({})["QFA_PRODUCTION"] == "true"


def test_no_layer_has_a_place_for_a_secret() -> None:
    named = {
        name
        for stage in (BASE, BUILD, FINAL)
        for instruction in stage.instructions
        if instruction.word in ("ARG", "ENV")
        for name in instruction.pairs({})
    }

    assert named >= {"VERSION", "REVISION", "QFA_PRODUCTION"}
    assert not [name for name in named if re.search(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|_URL", name)]
    assert not any("--mount" in run.text for run in every("RUN"))


def test_it_says_of_which_version_and_revision_it_is() -> None:
    labels = FINAL.last("LABEL").pairs({"VERSION": "1.2.3", "REVISION": "abc"})

    assert labels["org.opencontainers.image.version"] == "1.2.3"
    assert labels["org.opencontainers.image.revision"] == "abc"


def test_it_ends_by_the_signal_that_the_service_knows_and_is_asked_for_its_health() -> None:
    assert FINAL.last("STOPSIGNAL").text == "SIGTERM"
    assert FINAL.last("EXPOSE").text == "8000"
    assert FINAL.last("HEALTHCHECK").command()[-1] == "/opt/qfa/healthcheck.py"
    assert FINAL.last("ENTRYPOINT").command() == ["/opt/qfa/entrypoint.sh"]


def test_the_builder_is_sent_what_is_copied_and_nothing_else() -> None:
    copied = {
        Path(source).parts[0]
        for copy in every("COPY", BUILD)
        if "from" not in copy.options()
        for source in copy.operands()[:-1]
    }
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]

    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == copied
    assert lines[-1] == "**/__pycache__"


def test_what_the_wheel_is_made_of_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"], "pyproject.toml"}
    copied = {source.rstrip("/") for copy in every("COPY", BUILD) for source in copy.operands()[:-1]}

    assert wanted <= copied


def test_hadolint_finds_nothing() -> None:
    ended = subprocess.run([TOOLS / "hadolint", DOCKERFILE], capture_output=True, text=True)

    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize("script", ["entrypoint.sh", "image/lock.sh"])
def test_shellcheck_finds_nothing(script: str) -> None:
    ended = subprocess.run([TOOLS / "shellcheck", ROOT / script], capture_output=True, text=True)

    assert (ended.returncode, ended.stdout) == (0, "")
