"""That trying the steps would show what is wrong with them: on small Dockerfiles that are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from image.dockerfile import read_stages
from image.try_steps import Image, StepFailed, build

Try = Callable[[str], Image]


@pytest.fixture
def trying() -> Iterator[Try]:
    """Build from what a Dockerfile says, in a folder that other users may enter."""
    with tempfile.TemporaryDirectory(prefix="qfa-steps-") as folder:
        context = Path(folder) / "context"
        context.mkdir()
        (context / "note.txt").write_text("from the context")
        Path(folder).chmod(0o755)

        def build_from(text: str) -> Image:
            (context / "Dockerfile").write_text(text)
            return build(context, Path(folder) / "root", {"VERSION": "1.2.3"})

        yield build_from


def test_a_step_that_fails_ends_it_and_shows_what_it_said(trying: Try) -> None:
    with pytest.raises(StepFailed, match="no such luck"):
        trying("FROM python AS final\nRUN echo no such luck && false\nRUN true")


def test_a_stage_finds_what_it_copies_and_nothing_else_of_the_one_before(trying: Try) -> None:
    image = trying(
        "FROM python AS base\n"
        "FROM base AS build\nWORKDIR /build\nCOPY note.txt ./\n"
        "RUN mkdir -p /opt/a /opt/b && touch /opt/a/1 /opt/b/2\n"
        "FROM base AS final\nCOPY --from=build /opt/a/ /opt/a/\nRUN test ! -e /opt/b && test ! -e /build\n"
    )

    assert sorted(str(path.relative_to(image.root / "opt")) for path in image.root.glob("opt/**/*")) == [
        "a",
        "a/1",
    ]
    assert {path.name for path in image.root.parent.iterdir()} == {"context", "root"}


def test_what_is_not_copied_is_not_there(trying: Try) -> None:
    with pytest.raises(StepFailed):
        trying("FROM python AS final\nWORKDIR /build\nRUN cat note.txt")


def test_variables_are_those_of_the_dockerfile_and_of_the_command(
    trying: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QFA_PRODUCTION", "false")
    image = trying(
        "FROM python AS final\nARG VERSION=0\nARG OTHER=2\nENV HOME=/var/lib/qfa PATH=/opt/qfa/bin:$PATH\n"
        'RUN test "$VERSION $OTHER $QFA_PRODUCTION" = "1.2.3 2 "'
    )

    assert image.environ["HOME"] == f"{image.root}/var/lib/qfa"
    assert image.environ["PATH"].startswith(f"{image.root}/opt/qfa/bin:{image.root}/usr/local/bin:")


def test_python_in_it_is_a_bare_one_with_pip(trying: Try) -> None:
    trying(
        "FROM python AS final\nRUN python -c \"import sys; assert sys.prefix.endswith('/root/usr/local')\"\n"
        'RUN python -m pip --version && if python -c "import pytest"; then exit 1; fi'
    )


def test_an_instruction_that_it_does_not_know_is_not_passed_over(trying: Try) -> None:
    with pytest.raises(StepFailed, match="ADD"):
        trying("FROM python AS final\nADD note.txt /opt/")


def test_stages_are_read_with_continued_lines_and_without_comments() -> None:
    (stage,) = read_stages('# a comment\nFROM python:3 AS one\nRUN a && \\\n    # why\n    b\nCMD ["x"]\n')

    assert (stage.name, stage.base) == ("one", "python:3")
    assert [(each.word, each.text) for each in stage.instructions] == [("RUN", "a && b"), ("CMD", '["x"]')]
